using RouterOS.Sdk.Storage;

namespace RouterOS.Ike.Control.Access;

/// <summary>Failed logins of each user from each address: after some in a row none is looked at for a while, right or wrong.</summary>
internal sealed class LoginAttempts(Func<DateTimeOffset> now)
{
    /// <summary>Failures in a row that are looked at.</summary>
    public const int Allowed = 5;

    private const int MaximumKnown = 1024;

    // Anybody can name users.
    private readonly RecentBook<(string User, PeerAddress Remote), (int Failures, DateTimeOffset Last)> _known = new(MaximumKnown);

    /// <summary>For how long nothing is looked at.</summary>
    public static TimeSpan Pause { get; } = TimeSpan.FromMinutes(1);

    /// <summary>True when a login is not looked at.</summary>
    public bool IsBarred(string user, PeerAddress remote) =>
        _known.TryGet((user, remote), out (int Failures, DateTimeOffset Last) known) && known.Failures >= Allowed && now() - known.Last < Pause;

    /// <summary>A login has failed.</summary>
    public void Failed(string user, PeerAddress remote)
    {
        bool isRow = _known.TryGet((user, remote), out (int Failures, DateTimeOffset Last) known) && now() - known.Last < Pause;
        _known.Set((user, remote), (isRow ? known.Failures + 1 : 1, now()));
    }

    /// <summary>A login was right.</summary>
    public void Succeeded(string user, PeerAddress remote) => _known.Remove((user, remote), out _);
}
