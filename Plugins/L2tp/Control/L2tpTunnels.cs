using System.Buffers.Binary;
using RouterOS.L2tp.Control.Machines;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;

namespace RouterOS.L2tp.Control;

/// <summary>All tunnels: every datagram enters here; finds, owns and limits them. At the LNS, or in the client's role.</summary>
/// <remarks>Owned by one strand.</remarks>
internal sealed class L2tpTunnels(IL2tpEnvironment environment, ICallUpper upper, bool isResponder = true)
{
    private const int MostHalfOpen = 1024;
    private const int MostHalfOpenOfSource = 32;
    private const int MostTunnels = 65_000;
    private const int MostSpentProtections = 16_384;

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_strayPace = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<ushort, L2tpTunnel> _tunnels = [];
    private readonly Dictionary<(TunnelEnds Ends, ushort Remote), L2tpTunnel> _requested = [];
    private readonly LinkedList<L2tpTunnel> _halfOpen = new();
    private readonly Dictionary<uint, int> _halfOpenBySource = [];
    private readonly Dictionary<uint, Destination> _destinations = [];
    private readonly HashSet<uint> _spentProtections = [];
    private readonly Dictionary<HostPolicy, int> _sessionsOfHost = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<DestinationPolicy, int> _sessionsOfProfile = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<uint> _strays = [];
    private DateTimeOffset _strayTime;
    private uint _nextDestination;

    public IL2tpEnvironment Environment { get; } = environment;

    public ICallUpper Upper { get; } = upper;

    /// <summary>Accepts tunnels; otherwise it only opens them.</summary>
    public bool IsResponder { get; } = isResponder;

    public L2tpPolicy Policy { get; private set; } = new();

    public DropCounts Drops { get; } = new();

    public History History { get; } = new(environment);

    /// <summary>Tunnels of an earlier life.</summary>
    public FormerTunnels Former { get; } = new(environment);

    /// <summary>Told of a protection that carries messages of tunnels that nobody knows; null: nobody wants to hear it.</summary>
    public Action<TunnelEnds>? Stray { get; set; }

    public ITunnelLog Log { get; init; } = new NoTunnelLog();

    public IReadOnlyCollection<L2tpTunnel> All => _tunnels.Values;

    public IReadOnlyCollection<Destination> Destinations => _destinations.Values;

    /// <summary>Calls, connected or not.</summary>
    public int Sessions { get; private set; }

    public ulong AuthenticationErrors { get; private set; }

    public int HalfOpen => _halfOpen.Count;

    public L2tpTunnel? Find(ushort tunnel) => _tunnels.GetValueOrDefault(tunnel);

    public int SessionsOf(HostPolicy host) => _sessionsOfHost.GetValueOrDefault(host);

    public int SessionsOf(DestinationPolicy profile) => _sessionsOfProfile.GetValueOrDefault(profile);

    /// <summary>Takes a configuration: what it no longer offers is closed, and so is what it offers otherwise.</summary>
    public void Apply(L2tpPolicy policy)
    {
        Dictionary<string, DestinationPolicy> before = Policy.Destinations.ToDictionary(d => d.Name);
        // Unchanged profiles stay the same objects: tunnels and counts hang on them.
        Policy = policy with
        {
            Destinations = [.. policy.Destinations.Select(d => before.TryGetValue(d.Name, out DestinationPolicy? old) ? Merge(old, d) : d)],
        };
        History.Apply(Policy.DestructTimeout);
        foreach (L2tpTunnel tunnel in _tunnels.Values.ToArray())
        {
            if (Policy.IsShutDown)
            {
                tunnel.Close(StopResult.ShuttingDown, GeneralError.None, "L2TP is shut down");
            }
            else if (tunnel.Profile is { } profile && !Policy.Destinations.Any(d => d.Name == profile.Name && d.Hosts.Contains(tunnel.Host, ReferenceEqualityComparer.Instance)))
            {
                tunnel.Close(StopResult.Clear, GeneralError.None, "its profile was changed or deleted");
            }
        }
    }

    /// <summary>Opens a tunnel, in the client's role.</summary>
    public L2tpTunnel Open(TunnelEnds ends, HostPolicy host)
    {
        L2tpTunnel tunnel = Add(ends, host, null);
        tunnel.Open();
        return tunnel;
    }

    /// <summary>Takes a datagram's payload.</summary>
    public void Receive(TunnelEnds ends, ReadOnlySpan<byte> payload)
    {
        if (!L2tpHeader.TryParse(payload, out L2tpHeader header, out _))
        {
            Drops.Add(L2tpDrop.Malformed);
            return;
        }

        if (header.IsControl && header.Tunnel == 0)
        {
            ReceiveRequest(ends, header);
            return;
        }

        if (!_tunnels.TryGetValue(header.Tunnel, out L2tpTunnel? tunnel) || tunnel.Ends.Protection != ends.Protection || tunnel.Ends.Instance != ends.Instance)
        {
            if (!Former.Receive(ends, header))
            {
                Drops.Add(L2tpDrop.Unknown);
                JudgeStray(ends);
            }

            return;
        }

        if (tunnel.Ends != ends && !Follow(tunnel, ends, header.IsControl))
        {
            Drops.Add(L2tpDrop.WrongAddress);
            return;
        }

        if (header.IsControl)
        {
            tunnel.Receive(header);
        }
        else if (tunnel.Find(header.Session) is { } session)
        {
            session.Receive(header);
        }
        else
        {
            Drops.Add(L2tpDrop.Unknown);
        }
    }

    /// <summary>Ends everything and tells the peers.</summary>
    public void Stop()
    {
        foreach (L2tpTunnel tunnel in _tunnels.Values.ToArray())
        {
            tunnel.Close(StopResult.ShuttingDown, GeneralError.None, "the router stops");
        }
    }

    /// <summary>A number that is not 0.</summary>
    public ushort NewId()
    {
        Span<byte> bytes = stackalloc byte[2];
        do
        {
            Environment.Fill(bytes);
        }
        while (bytes is [0, 0] || Former.Has(BinaryPrimitives.ReadUInt16BigEndian(bytes)));

        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }

    /// <summary>Why a tunnel is refused whose request has been understood; null to accept it.</summary>
    public Ending? RefusalOf(L2tpTunnel tunnel) =>
        Policy.IsDraining ? new((ushort)StopResult.ShuttingDown, GeneralError.None, "no new tunnels are accepted")
        : tunnel.RemoteId == 0 ? new((ushort)StopResult.GeneralError, GeneralError.OutOfRange, "no tunnel number is assigned")
        : _spentProtections.Contains(tunnel.Ends.Protection)
            ? new((ushort)StopResult.NotAuthorized, GeneralError.None, "the IPsec connection has had its one tunnel")
        : _tunnels.Count > Math.Min(Policy.MaximumTunnels, MostTunnels)
            ? new((ushort)StopResult.GeneralError, GeneralError.NoResources, "too many tunnels")
        : null;

    /// <summary>Why a call is refused; null to accept it.</summary>
    public Ending? RefusalOfCall(L2tpTunnel tunnel) =>
        Policy.IsDraining ? new((ushort)CallResult.Administrative, GeneralError.None, "no new sessions are accepted")
        : tunnel.Profile is { MaximumSessions: > 0 } profile && SessionsOf(profile) >= profile.MaximumSessions
            ? new((ushort)CallResult.NoFacilitiesNow, GeneralError.None, $"destination profile {profile.Name} has its {profile.MaximumSessions} sessions")
        : tunnel.Host.MaximumSessions > 0 && SessionsOf(tunnel.Host) >= tunnel.Host.MaximumSessions
            ? new((ushort)CallResult.NoFacilitiesNow, GeneralError.None, $"the host profile has its {tunnel.Host.MaximumSessions} sessions")
        : Sessions >= Policy.MaximumSessions
            ? new((ushort)CallResult.NoFacilitiesNow, GeneralError.None, $"the router has its {Policy.MaximumSessions} sessions")
        : null;

    public void AuthenticationFailed(L2tpTunnel tunnel, string reason)
    {
        AuthenticationErrors++;
        Log.AuthenticationFailed(tunnel, reason);
    }

    public void TunnelUp(L2tpTunnel tunnel)
    {
        NoLongerHalfOpen(tunnel);
        if (tunnel.Host.IsSingleShot && tunnel.Ends.Protection != 0 && _spentProtections.Count < MostSpentProtections)
        {
            _ = _spentProtections.Add(tunnel.Ends.Protection);
        }

        Log.TunnelUp(tunnel);
    }

    public void TunnelStopping(L2tpTunnel tunnel)
    {
        NoLongerHalfOpen(tunnel);
        Upper.TunnelEnded(tunnel);
    }

    public void TunnelEnded(L2tpTunnel tunnel)
    {
        NoLongerHalfOpen(tunnel);
        _ = _tunnels.Remove(tunnel.LocalId);
        _ = _requested.Remove((tunnel.Ends, tunnel.RemoteId));
        Log.TunnelDown(tunnel);
        Upper.TunnelEnded(tunnel);
        History.Add(tunnel, () => Release(tunnel.Place));
    }

    /// <summary>A protection ends, whatever comes by it: that is not worth a word.</summary>
    public void Expect(uint end) => _strays.Add(end);

    /// <summary>A protection is no more: what came by it cannot come again.</summary>
    public void ProtectionGone(uint protection)
    {
        _ = _spentProtections.Remove(protection);
        _ = _strays.Remove(protection);
        foreach (L2tpTunnel tunnel in _tunnels.Values.Where(t => t.Ends.Protection == protection && protection != 0).ToArray())
        {
            tunnel.Abandon("its IPsec connection has ended");
        }
    }

    public void SessionUp(L2tpSession session)
    {
        Log.SessionUp(session);
        Upper.Opened(session, CallMessages.Start(session));
    }

    public void SessionDown(L2tpSession session)
    {
        Log.SessionDown(session);
        Upper.Ended(session);
    }

    public void SessionEnded(L2tpSession session)
    {
        Count(session.Tunnel, -1);
        History.Add(session);
    }

    public void SessionBegins(L2tpTunnel tunnel) => Count(tunnel, 1);

    private static DestinationPolicy Merge(DestinationPolicy old, DestinationPolicy changed)
    {
        HostPolicy[] hosts =
        [
            .. changed.Hosts.Select(h => old.Hosts.FirstOrDefault(o => o with { Secret = h.Secret } == h && o.Secret.AsSpan().SequenceEqual(h.Secret)) ?? h),
        ];
        return changed with { Hosts = old.Hosts } == old && hosts.SequenceEqual(old.Hosts) ? old : changed with { Hosts = hosts };
    }

    private void ReceiveRequest(TunnelEnds ends, in L2tpHeader header)
    {
        if (!IsResponder
            || !ControlMessage.TryParse(header.Payload, default, Environment.Mac, out ControlMessage message, out _)
            || message.Type != MessageType.StartControlConnectionRequest)
        {
            Drops.Add(L2tpDrop.Unknown);
            return;
        }

        ushort remote = message.Number16(AttributeType.AssignedTunnelId);
        if (_requested.TryGetValue((ends, remote), out L2tpTunnel? known) && known.State != TunnelState.Ended)
        {
            known.Receive(header);
            return;
        }

        DestinationPolicy? profile = Policy.Find(ends.RemoteAddress, router => Environment.InstanceOf(router) == ends.Instance);
        HostPolicy? host = profile?.Find(message.Text(AttributeType.HostName), ends.LocalAddress);
        if (profile is null || host is null)
        {
            Drops.Add(L2tpDrop.NoProfile);
            Log.Refused(ends, message.Text(AttributeType.HostName), profile is null ? "no destination profile" : "no host profile");
            return;
        }

        if (host.NeedsProtection && ends.Protection == 0)
        {
            Drops.Add(L2tpDrop.NotProtected);
            Log.Refused(ends, message.Text(AttributeType.HostName), "not protected by IPsec");
            return;
        }

        if (!HasRoomFor(ends))
        {
            Drops.Add(L2tpDrop.TooManyHalfOpen);
            return;
        }

        L2tpTunnel tunnel = Add(ends, host, profile);
        _requested[(ends, remote)] = tunnel;
        _ = _halfOpen.AddLast(tunnel);
        _halfOpenBySource[ends.RemoteAddress] = _halfOpenBySource.GetValueOrDefault(ends.RemoteAddress) + 1;
        tunnel.Receive(header);
    }

    // The oldest that has had its time gives way: a flood keeps nobody away for longer than that.
    private bool HasRoomFor(TunnelEnds ends)
    {
        bool crowded = ends.Protection == 0 && _halfOpenBySource.GetValueOrDefault(ends.RemoteAddress) >= MostHalfOpenOfSource;
        if (!crowded && _halfOpen.Count < MostHalfOpen)
        {
            return _tunnels.Count < MostTunnels;
        }

        L2tpTunnel? oldest = crowded
            ? _halfOpen.FirstOrDefault(t => t.Ends.RemoteAddress == ends.RemoteAddress)
            : _halfOpen.First?.Value;
        if (oldest is null || Environment.Now - oldest.Since < s_grace)
        {
            return false;
        }

        oldest.Abandon("it gave way to a newer request before it was connected");
        return true;
    }

    // An IPsec connection in which a peer speaks of a tunnel that is not there, nor was of late, is from before a restart: the peer waits for
    // nothing, and is told so by the connection's end.
    private void JudgeStray(TunnelEnds ends)
    {
        if (Stray is null || ends.Protection == 0 || Environment.Now - _strayTime < s_strayPace || _strays.Count >= MostSpentProtections
            || _strays.Contains(ends.Protection))
        {
            return;
        }

        _strayTime = Environment.Now;
        if (_tunnels.Values.Concat(History.Tunnels).All(t => t.Ends.Protection != ends.Protection))
        {
            _ = _strays.Add(ends.Protection);
            Stray(ends);
        }
    }

    private L2tpTunnel Add(TunnelEnds ends, HostPolicy host, DestinationPolicy? profile)
    {
        ushort id;
        do
        {
            id = NewId();
        }
        while (_tunnels.ContainsKey(id));

        if (!_destinations.TryGetValue(ends.RemoteAddress, out Destination? destination))
        {
            _destinations[ends.RemoteAddress] = destination = new(++_nextDestination, ends.RemoteAddress);
        }

        destination.Users++;
        L2tpTunnel tunnel = new(this, id, ends, host, profile, destination);
        _tunnels[id] = tunnel;
        return tunnel;
    }

    private void Release(Destination destination)
    {
        if (--destination.Users == 0)
        {
            _ = _destinations.Remove(destination.Address);
        }
    }

    private bool Follow(L2tpTunnel tunnel, TunnelEnds ends, bool isControl)
    {
        // The router's own end never changes, and only control messages show where the peer is.
        if (ends.LocalAddress != tunnel.Ends.LocalAddress || ends.LocalPort != tunnel.Ends.LocalPort)
        {
            return false;
        }

        switch (Policy.AddressChange)
        {
            case Proto.L2tp.V1.AddressChange.Follow:
                if (isControl)
                {
                    _ = _requested.Remove((tunnel.Ends, tunnel.RemoteId));
                    tunnel.Move(ends);
                }

                return true;
            case Proto.L2tp.V1.AddressChange.Ignore:
                return true;
            case Proto.L2tp.V1.AddressChange.Reject:
            default:
                return false;
        }
    }

    private void NoLongerHalfOpen(L2tpTunnel tunnel)
    {
        if (_halfOpen.Remove(tunnel))
        {
            uint source = tunnel.Place.Address;
            if (--_halfOpenBySource[source] == 0)
            {
                _ = _halfOpenBySource.Remove(source);
            }
        }
    }

    private void Count(L2tpTunnel tunnel, int change)
    {
        Sessions += change;
        Change(_sessionsOfHost, tunnel.Host, change);
        if (tunnel.Profile is { } profile)
        {
            Change(_sessionsOfProfile, profile, change);
        }
    }

    private static void Change<T>(Dictionary<T, int> counts, T key, int change)
        where T : notnull
    {
        int count = counts.GetValueOrDefault(key) + change;
        if (count == 0)
        {
            _ = counts.Remove(key);
        }
        else
        {
            counts[key] = count;
        }
    }
}
