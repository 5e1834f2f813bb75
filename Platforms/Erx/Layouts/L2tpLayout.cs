using System.Globalization;
using System.Text;
using RouterOS.Erx.Statements;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Sdk.Configuration;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show l2tp …</c>.</summary>
internal static class L2tpLayout
{
    /// <summary>What is configured, and how much there is.</summary>
    /// <param name="summary">What L2TP says.</param>
    /// <param name="written">The configuration of <c>l2tp</c>, for what is a LAC's, or the system's choice.</param>
    public static string Summary(Summary summary, StatementView written)
    {
        L2tpIntent own = summary.Configuration ?? new L2tpIntent();
        StringBuilder text = new("Configuration\n");
        Add(text, $"L2TP administrative state is {(own.Shutdown ? "disabled" : own.Drain ? "drain" : "enabled")}");
        Add(text, $"Dynamic interface destruct timeout is {own.DestructTimeoutSeconds} seconds");
        Add(text, $"Data packet checksums are {Word(own.DataChecksums)}");
        Add(text, $"Receive data sequencing is {(own.IgnoreReceiveDataSequencing ? "ignored" : "not ignored")}");
        Add(text, "Tunnel switching is disabled");
        Add(text, $"Retransmission retries for established tunnels is {own.RetransmissionsEstablished}");
        Add(text, $"Retransmission retries for not-established tunnels is {own.RetransmissionsNotEstablished}");
        Add(text, $"Tunnel idle timeout is {own.IdleTimeoutSeconds} seconds");
        Add(text, "Failover within a preference level is disabled");
        Add(text, "Weighted load balancing is disabled");
        Add(text, $"Tunnel authentication challenge is {Word(!own.DisableChallenge)}");
        Add(text, "Calling number avp is enabled");
        Add(text, $"Ignore remote transmit address change is {Word(own.AddressChange == AddressChange.Ignore)}");
        Add(text, $"Disconnect cause avp is {Word(own.DisconnectCause)}");
        Add(text, $"Default receive window size is {written["tunnel"].Text("default-receive-window") ?? "system chosen"}");
        Add(text, $"Destination lockout timeout is {written["destination"].Text("lockout-timeout") ?? "300"} seconds");
        Add(text, $"Destination lockout test is {Word(written["destination"].Has("lockout-test"))}");
        text.Append("Sub-interfaces           total      active     failed     auth-errors\n");
        Row(text, "Destinations", summary.Destinations, withErrors: false);
        Row(text, "Tunnels", summary.Tunnels, withErrors: true);
        Row(text, "Sessions", summary.Sessions, withErrors: false);
        return text.ToString();
    }

    /// <summary>A line for each destination profile.</summary>
    public static string Profiles(IReadOnlyList<DestinationProfileState> profiles)
    {
        StringBuilder text = new();
        foreach (DestinationProfileState state in profiles)
        {
            text.Append(CultureInfo.InvariantCulture, $"L2TP destination profile {state.Profile.Name}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{profiles.Count} L2TP destination profile{(profiles.Count == 1 ? string.Empty : "s")} found\n");
        return text.ToString();
    }

    /// <summary>All about destination profiles.</summary>
    /// <param name="profiles">The profiles.</param>
    /// <param name="configuration">The configuration, for passwords, which the state does not have.</param>
    public static string Profile(IEnumerable<DestinationProfileState> profiles, StatementView configuration)
    {
        StringBuilder text = new();
        foreach (DestinationProfileState state in profiles)
        {
            DestinationProfile profile = state.Profile;
            text.Append(CultureInfo.InvariantCulture, $"L2TP destination profile {profile.Name}\n");
            text.Append("Configuration\n  Destination address\n    Transport ipUdp\n");
            text.Append(CultureInfo.InvariantCulture, $"    Virtual router {profile.VirtualRouter}\n    Peer address {profile.RemoteAddress}\n");
            if (profile.MaxSessions > 0)
            {
                Add(text, $"Destination profile maximum sessions is {profile.MaxSessions}");
            }

            text.Append(CultureInfo.InvariantCulture, $"Statistics\n  Destination profile current session count is {state.Sessions}\n");
            text.Append("Host profile attributes\n");
            StatementView written = configuration.Entry(ErxStatements.VirtualRouters, profile.VirtualRouter)["l2tp"]["destination"].Entry("profile", profile.Name);
            foreach (HostProfile host in profile.Hosts)
            {
                Host(text, host, state, written["remote"].Entry("host", host.RemoteHost.Length == 0 ? "default" : host.RemoteHost));
            }

            text.Append(CultureInfo.InvariantCulture, $"{profile.Hosts.Count} L2TP host profile{(profile.Hosts.Count == 1 ? string.Empty : "s")} found\n");
        }

        return text.ToString();
    }

    /// <summary>Destinations.</summary>
    public static string Destinations(IReadOnlyList<DestinationState> all, bool detail, bool summary)
    {
        StringBuilder text = new();
        foreach (DestinationState each in all.Where(_ => !summary))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"L2TP destination {each.Number} is {StatusOf(each.Status)} with {each.ActiveTunnels} active tunnel{(each.ActiveTunnels == 1 ? string.Empty : "s")} and {each.ActiveSessions} active session{(each.ActiveSessions == 1 ? string.Empty : "s")}\n");
            if (detail)
            {
                Add(text, $"Virtual router {each.VirtualRouter}");
                Add(text, $"Local address {each.LocalAddress}");
                Add(text, $"Peer address {each.RemoteAddress}");
            }
        }

        return Found(text, all.Count, "destination");
    }

    /// <summary>Tunnels.</summary>
    public static string Tunnels(IReadOnlyList<TunnelState> all, bool detail, bool summary)
    {
        StringBuilder text = new();
        foreach (TunnelState each in all.Where(_ => !summary))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"L2TP tunnel {each.Destination}/{each.RemoteHost} is {StatusOf(each.Status)} with {each.ActiveSessions} active session{(each.ActiveSessions == 1 ? string.Empty : "s")}\n");
            if (detail)
            {
                Tunnel(text, each);
            }
        }

        return Found(text, all.Count, "tunnel");
    }

    /// <summary>Sessions.</summary>
    public static string Sessions(IReadOnlyList<SessionState> all, bool detail, bool summary)
    {
        StringBuilder text = new();
        foreach (SessionState each in all.Where(_ => !summary))
        {
            text.Append(CultureInfo.InvariantCulture,
                $"L2TP session {each.Destination}/{each.RemoteHost}/{each.LocalSession} is {StatusOf(each.Status)}\n");
            if (detail)
            {
                Add(text, $"Local session id is {each.LocalSession}, peer session id is {each.RemoteSession}");
                Add(text, $"User name is {each.User}");
                Add(text, $"Peer address is {each.PeerAddress}");
                if (each.PeerAddress6.Length > 0)
                {
                    Add(text, $"Peer ipv6 address is {each.PeerAddress6}");
                }

                foreach (string network in each.Networks6)
                {
                    Add(text, $"Peer ipv6 prefix is {network}");
                }

                Add(text, $"State is {each.State}");
                text.Append("  Statistics   packets      octets       discards\n");
                text.Append(CultureInfo.InvariantCulture, $"  Data rx      {each.ReceivedPackets,-12} {each.ReceivedOctets,-12} {each.ReceivedDiscarded}\n");
                text.Append(CultureInfo.InvariantCulture, $"  Data tx      {each.SentPackets,-12} {each.SentOctets,-12} 0\n");
                Ending(text, each.Ending);
            }
        }

        return Found(text, all.Count, "session");
    }

    private static void Host(StringBuilder text, HostProfile host, DestinationProfileState state, StatementView written)
    {
        Add(text, $"Remote host is {(host.RemoteHost.Length == 0 ? "default" : host.RemoteHost)}");
        text.Append("    Configuration\n");
        (bool Shown, string Line)[] lines =
        [
            (written["tunnel"].Has("password"), $"Tunnel password is {written["tunnel"].Secret("password")}"),
            (host.Profile.Length > 0, $"Interface profile is {host.Profile}"),
            (host.LocalAddress.Length > 0, $"Local ip address is {host.LocalAddress}"),
            (host.LocalHost.Length > 0, $"Local host name is {host.LocalHost}"),
            (host.IpsecTransport, "Ipsec transport is enabled"),
            (host.DisconnectCause, "Disconnect-cause avp is enabled"),
            (host.SingleShot, "Tunnels are single-shot"),
            (host.MaxSessions > 0, $"Maximum sessions is {host.MaxSessions}"),
        ];
        foreach ((bool shown, string line) in lines)
        {
            text.Append(shown ? $"      {line}\n" : string.Empty);
        }

        HostProfileState? own = state.Hosts.FirstOrDefault(h => h.RemoteHost == host.RemoteHost);
        text.Append(CultureInfo.InvariantCulture, $"    Statistics\n      Current session count is {own?.Sessions ?? 0}\n");
    }

    private static void Tunnel(StringBuilder text, TunnelState each)
    {
        Add(text, $"Local tunnel id is {each.LocalTunnel}, peer tunnel id is {each.RemoteTunnel}");
        Add(text, $"Local address is {each.LocalAddress}:{each.LocalPort}, peer address is {each.RemoteAddress}:{each.RemotePort}");
        Add(text, $"Local host name is {each.LocalHost}, peer host name is {each.RemoteHost}");
        Add(text, $"State is {each.State}");
        Add(text, each.Protection == 0 ? "Tunnel is not secured" : $"Tunnel is secured by ipsec transport interface {each.Protection}");
        Add(text, $"Ns is {each.SendSequence}, Nr is {each.ReceiveSequence}");
        ControlCounters counters = each.Counters ?? new ControlCounters();
        text.Append("  Statistics   packets      octets       discards     errors\n");
        text.Append(CultureInfo.InvariantCulture,
            $"  Control rx   {counters.ReceivedPackets,-12} {counters.ReceivedOctets,-12} {counters.ReceivedDiscarded,-12} {counters.ReceivedErrors}\n");
        text.Append(CultureInfo.InvariantCulture, $"  Control tx   {counters.SentPackets,-12} {counters.SentOctets,-12} 0            0\n");
        Add(text, $"Zero length bodies rx {counters.ReceivedAcknowledgements}, tx {counters.SentAcknowledgements}");
        Add(text, $"Out of sequence {counters.ReceivedOutOfSequence}, out of window {counters.ReceivedOutOfWindow}, retransmitted {counters.Retransmitted}");
        Ending(text, each.Ending);
    }

    private static void Ending(StringBuilder text, Ending? ending)
    {
        if (ending is not null)
        {
            Add(text, $"Disconnected by {(ending.ByPeer ? "peer" : "local")}: result code {ending.Result}, error code {ending.Error} {ending.Message}".TrimEnd());
        }
    }

    private static string Found(StringBuilder text, int count, string what) =>
        text.Append(CultureInfo.InvariantCulture, $"{count} L2TP {what}{(count == 1 ? string.Empty : "s")} found\n").ToString();

    private static string StatusOf(Status status) => status switch { Status.Up => "Up", Status.Ended => "Ended", _ => "Down" };

    private static string Word(bool on) => on ? "enabled" : "disabled";

    private static void Add(StringBuilder text, string line) => text.Append("  ").Append(line).Append('\n');

    private static void Row(StringBuilder text, string name, Count? count, bool withErrors) => text.Append(
        CultureInfo.InvariantCulture,
        $"  {name,-23}{count?.Total ?? 0,-11}{count?.Active ?? 0,-11}{count?.Failed ?? 0,-11}{(withErrors ? (count?.AuthenticationErrors ?? 0).ToString(CultureInfo.InvariantCulture) : "n/a")}\n");
}
