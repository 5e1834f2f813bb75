using RouterOS.Proto.Ike.V1;

namespace RouterOS.Srx.Layouts;

/// <summary>What is wrong with each peer, one sentence each.</summary>
internal static class DiagnosisLayout
{
    /// <summary>All sentences; what is wrong comes first.</summary>
    public static string Text(DiagnoseReply reply)
    {
        Lines lines = new();
        if (reply.Diagnoses.Count == 0)
        {
            lines.Add("no peer is configured");
        }

        foreach (Diagnosis diagnosis in reply.Diagnoses.OrderBy(d => d.State == Diagnosis.Types.State.Failed ? 0 : 1))
        {
            lines.Add(Sentence(diagnosis));
        }

        return lines.ToString();
    }

    /// <summary>One sentence: who, what, their value, our value, the line, the fix.</summary>
    public static string Sentence(Diagnosis diagnosis)
    {
        string who = $"peer {diagnosis.RemoteAddress} ({Names(diagnosis)})";
        string notes = string.Concat(diagnosis.Notes.Select(note => "; " + note));
        return diagnosis.State switch
        {
            Diagnosis.Types.State.Failed => $"{who}: {Failure(diagnosis.Failure)}",
            Diagnosis.Types.State.Healthy => $"{who}: healthy: up, {diagnosis.PacketsOut} packets out and {diagnosis.PacketsIn} in{notes}",
            Diagnosis.Types.State.Idle => $"{who}: healthy: up, no packet has passed on its newest SAs yet{notes}",
            Diagnosis.Types.State.Negotiating => $"{who}: negotiating now, no failure so far",
            _ => $"{who}: down because nothing has asked for it yet: send traffic, or set establish-tunnels immediately",
        };
    }

    private static string Names(Diagnosis diagnosis) => (diagnosis.Gateway, diagnosis.Vpn) switch
    {
        ("", _) => "no gateway",
        (string gateway, "") => $"gateway {gateway}",
        (string gateway, string vpn) => $"gateway {gateway}, vpn {vpn}{Which(diagnosis)}",
    };

    private static string Which(Diagnosis diagnosis) => diagnosis.Selector.Length > 0 ? $", traffic-selector {diagnosis.Selector}"
        : diagnosis.Policies.Count > 0 ? $", {(diagnosis.Policies.Count == 1 ? "policy" : "policies")} {string.Join(", ", diagnosis.Policies)}"
        : string.Empty;

    private static string Failure(Failure failure)
    {
        string at = failure.Source is not { Path.Length: > 0 } source ? string.Empty
            : source.Line > 0 ? $" (line {source.Line}, {source.Path})"
            : $" ({source.Path})";
        string command = FixLayout.Command(failure);
        string fix = command.Length == 0 ? failure.Fix : $"{failure.Fix}: {command}";
        return $"{failure.Cause}{at}; {fix}";
    }
}
