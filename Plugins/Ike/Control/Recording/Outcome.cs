using RouterOS.Ike.Control.Policy;

namespace RouterOS.Ike.Control.Recording;

/// <summary>How things stand with one peer, in sentences.</summary>
internal static class Outcome
{
    /// <summary>How a sentence about what is up ends.</summary>
    public const string Up = " is up";

    /// <summary>The sentences, and whether all is up.</summary>
    public static (bool IsUp, IReadOnlyList<string> Sentences) Of(IkeRuntime runtime, IkeSessions sessions, IkeSession session)
    {
        List<string> sentences = [];
        bool isUp = session.Sas.Count > 0;
        string peer = Ipv4.Text(session.Remote);
        sentences.Add(isUp ? $"phase 1 with {peer}{Up}"
            : Failure(runtime, session.Policy.Name, string.Empty) is { } failure ? $"phase 1 with {peer} failed: {failure}"
            : sessions.Phase1.Active.FirstOrDefault(m => m.Session == session) is { } exchange ? $"phase 1 with {peer} is under way: {exchange.Progress}"
            : $"there is no phase 1 with {peer}");
        foreach (TunnelSession tunnel in session.Tunnels)
        {
            bool up = tunnel.Current is not null;
            isUp &= up;
            sentences.Add(up ? $"vpn {tunnel.Policy.Name}{Up}"
                : Failure(runtime, session.Policy.Name, tunnel.Policy.Name) is { } failed ? $"vpn {tunnel.Policy.Name} failed: {failed}"
                : tunnel.IsNegotiating ? $"vpn {tunnel.Policy.Name} is being negotiated"
                : $"vpn {tunnel.Policy.Name} is down");
        }

        return (isUp, sentences);
    }

    private static string? Failure(IkeRuntime runtime, string gateway, string vpn) => runtime.Failures.Find(gateway, vpn)?.Failure is not { } failure ? null
        : failure.Source.Line == 0 ? failure.Text : $"{failure.Message} (line {failure.Source.Line}, {failure.Source.Path})";
}
