using RouterOS.Ike.Control.Policy;
using RouterOS.Ike.Control.State;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Ike.V1;

namespace RouterOS.Ike.Control.Diagnosis;

/// <summary>Every weak choice in force: the line that asks for it and who uses it now.</summary>
internal sealed class ExposureReport
{
    private readonly Dictionary<(string Path, uint Line, string What, int Phase), Exposure> _found = [];

    private ExposureReport()
    {
    }

    /// <summary>All of them, by phase and line.</summary>
    public static IEnumerable<Exposure> Of(IEnumerable<IkeSession> sessions)
    {
        ExposureReport report = new();
        IkeSession[] all = [.. sessions];
        foreach (IkeSession session in all)
        {
            report.AddPhase1(session);
            foreach (TunnelSession tunnel in session.Tunnels)
            {
                report.AddPhase2(session, tunnel);
            }
        }

        report.AddSharedKeys(all);
        return report._found.Values.OrderBy(e => e.IsNote).ThenBy(e => e.Phase).ThenBy(e => e.Source.Line).ThenBy(e => e.Source.Path, StringComparer.Ordinal);
    }

    private void AddPhase1(IkeSession session)
    {
        GatewayPolicy policy = session.Policy;
        foreach (Phase1Policy proposal in policy.Proposals)
        {
            IkeSa[] using_ = [.. session.Sas.Where(s => s.Algorithms == proposal.Algorithms)];
            foreach (WeakChoice weak in WeakChoice.Of(proposal.Algorithms.Cipher, proposal.Algorithms.Hash, proposal.Algorithms.Group))
            {
                Add(weak, 1, Or(proposal.Source, policy.ProposalsSource), policy.Name, using_.Select(User));
            }
        }

        if (policy.Dynamic is { IsForMany: true } many)
        {
            string[] peers = [.. session.Sas.Select(UserByName)];
            if (policy.PreSharedKey.Length > 0)
            {
                Add(WeakChoice.GroupKey, 1, policy.KeySource, policy.Name, peers);
            }

            if (many.IsShared)
            {
                Add(WeakChoice.SharedIdentity, 1, Or(policy.RemoteIdentity.Source, policy.RemoteSource), policy.Name, peers);
            }
        }

        // With signatures there is nothing to guess: the identities alone are in the clear.
        if (policy.IsAggressive && policy.PreSharedKey.Length > 0)
        {
            Add(WeakChoice.AggressiveMode, 1, policy.ModeSource, policy.Name, session.Sas.Where(s => s.State.IsAggressive).Select(User));
            if (policy.Xauth is { } xauth && policy.PreSharedKey.Length > 0)
            {
                Add(WeakChoice.UsersBehindGroupKey, 1, xauth.Source, policy.Name, session.Sas.Select(User));
            }
        }
    }

    private void AddPhase2(IkeSession session, TunnelSession tunnel)
    {
        VpnPolicy policy = tunnel.Policy;
        IpsecSaPairState[] pairs = [.. tunnel.Pairs.Where(p => p.IsUsable).Select(p => p.State)];
        foreach (Phase2Policy proposal in policy.Proposals)
        {
            IEnumerable<string> users = pairs
                .Where(p => (p.Cipher, p.CipherKeyBytes, p.IsBundle() ? p.AroundMac : p.Mac, p.IsBundle())
                    == (proposal.Cipher, proposal.CipherKeyBytes, proposal.Integrity, proposal.IsBundle))
                .Select(p => User(tunnel, p));
            foreach (WeakChoice weak in WeakChoice.OfPhase2(proposal.Cipher, proposal.Integrity))
            {
                Add(weak, 2, Or(proposal.Source, policy.ProposalsSource), session.Policy.Name, users);
            }
        }

        WeakChoice? secrecy = policy.PfsGroup == 0 ? WeakChoice.NoPfs : WeakChoice.Group(policy.PfsGroup);
        if (secrecy is not null)
        {
            Add(secrecy, 2, policy.PfsSource, session.Policy.Name, pairs.Where(p => p.PfsGroup == policy.PfsGroup).Select(p => User(tunnel, p)));
        }

        if (!policy.AntiReplay)
        {
            Add(WeakChoice.NoAntiReplay, 2, policy.Source, session.Policy.Name, pairs.Select(p => User(tunnel, p)));
        }
    }

    private void AddSharedKeys(IkeSession[] sessions)
    {
        foreach (IGrouping<string, IkeSession> same in sessions.Where(s => s.Gateway is null && s.Policy.PreSharedKey.Length > 0)
            .GroupBy(s => Convert.ToHexString(s.Policy.PreSharedKey)).Where(g => g.Count() > 1))
        {
            foreach (IkeSession session in same)
            {
                Add(WeakChoice.SharedKey, 1, session.Policy.KeySource, session.Policy.Name, session.Sas.Select(User));
            }
        }
    }

    private void Add(WeakChoice weak, int phase, ConfigSource source, string gateway, IEnumerable<string> users)
    {
        if (!_found.TryGetValue((source.Path, source.Line, weak.What, phase), out Exposure? exposure))
        {
            _found[(source.Path, source.Line, weak.What, phase)] = exposure = new Exposure
            {
                What = weak.What,
                Why = weak.Why,
                IsNote = weak.IsNote,
                Phase = (uint)phase,
                Source = new Source { Path = source.Path, Line = source.Line },
            };
        }

        if (!exposure.Gateways.Contains(gateway))
        {
            exposure.Gateways.Add(gateway);
        }

        exposure.Users.Add(users.Where(u => !exposure.Users.Contains(u)).ToArray());
    }

    private static ConfigSource Or(ConfigSource own, ConfigSource other) => own.Path.Length > 0 ? own : other;

    private static string User(IkeSa sa) =>
        $"IKE SA {sa.Index} with {Ipv4.Text(sa.State.Remote)}{(sa.State.User.Length > 0 ? $" of user {sa.State.User}" : string.Empty)}";

    private static string UserByName(IkeSa sa) => $"{User(sa)} ({sa.State.PeerIdentity})";

    private static string User(TunnelSession tunnel, IpsecSaPairState pair) => $"IPsec SA {tunnel.TunnelId} of vpn {pair.Vpn} with {Ipv4.Text(pair.Remote)}";
}
