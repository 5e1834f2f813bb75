using System.Runtime.ExceptionServices;
using Grpc.Core;
using RouterOS.Proto.Gre.V1;
using RouterOS.Proto.Ike.V1;
using RouterOS.Sdk.Network;
using RouterOS.Sdk.Plugins;

namespace RouterOS.Gre.Control;

/// <summary>All tunnels: finds out which can be up, tells the modules, the kernel and the log.</summary>
internal sealed class GreTunnels(IControlContext context) : IDisposable
{
    /// <summary>The modules' table.</summary>
    public const string Table = "gre-tunnel";

    // Tunnels inside tunnels that are followed to see whether one leads into itself.
    private const int MostNested = 8;

    private static readonly TimeSpan s_keepaliveInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

    // Thousands of associations that come or go together are looked at once.
    private static readonly TimeSpan s_settle = TimeSpan.FromMilliseconds(10);

    private readonly Dictionary<string, GreTunnel> _tunnels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> _reported = new(StringComparer.Ordinal);
    private Dictionary<string, (bool IsUp, uint Protection)>? _vpns;
    private readonly CancellationTokenSource _stop = new();
    private IDisposable? _timer;
    private IDisposable? _settling;
    private bool _isFollowing;

    /// <summary>The tunnels, in the order of their names.</summary>
    public IEnumerable<GreTunnel> All => _tunnels.Values.OrderBy(t => t.Configured.Name, StringComparer.Ordinal);

    /// <summary>The protection that secures a tunnel; 0 for none.</summary>
    public uint ProtectionOf(GreTunnel tunnel) =>
        _vpns is { } vpns && vpns.TryGetValue(tunnel.Configured.Vpn, out (bool IsUp, uint Protection) vpn) ? vpn.Protection : 0;

    /// <summary>Converges to an intent.</summary>
    public void Apply(GreIntent intent)
    {
        HashSet<string> wanted = [.. intent.Tunnels.Select(t => t.Interface)];
        foreach (string gone in _tunnels.Keys.Where(name => !wanted.Contains(name)).ToArray())
        {
            RemoveRow(_tunnels[gone]);
            _ = _tunnels.Remove(gone);
        }

        foreach (Tunnel tunnel in intent.Tunnels)
        {
            if (!_tunnels.TryGetValue(tunnel.Interface, out GreTunnel? known))
            {
                _tunnels[tunnel.Interface] = known = new GreTunnel(tunnel.Clone());
            }

            if (!Equals(known.Configured.Keepalive, tunnel.Keepalive) || (known.Keepalives is null) != (tunnel.Keepalive is null))
            {
                known.Keepalives = tunnel.Keepalive is null ? null : new KeepaliveWatch(tunnel.Keepalive);
            }

            known.Configured = tunnel.Clone();
        }

        Evaluate();
        if (!_isFollowing && _tunnels.Values.Any(t => t.Configured.Secured))
        {
            _isFollowing = true;
            Watch(Follow);
        }

        if (_timer is null)
        {
            Tick();
        }
    }

    /// <summary>Looks at interfaces, routes and associations, and says what has changed.</summary>
    public void Evaluate()
    {
        HashSet<(uint, uint)> own =
        [
            .. context.Interfaces.All().Where(i => i.Enabled && i.LinkUp).SelectMany(i => i.Addresses.Select(a => (i.Instance, Ipv4Number.Of(a.Address)))),
        ];
        Dictionary<string, bool> links = new(StringComparer.Ordinal);
        foreach (GreTunnel tunnel in _tunnels.Values)
        {
            tunnel.Instance = context.Interfaces.FindInstance(tunnel.Configured.TransportInstance);
            DownReason reason = ReasonOf(tunnel, own, out bool isKnown);
            Program(tunnel, reason);
            if (!isKnown)
            {
                // What the modules do from before a restart goes on until more is known.
                continue;
            }

            Note(tunnel, reason);
            // A tunnel that leads into itself keeps its routes: without them it would look fine, and come up again.
            links[tunnel.Configured.Interface] = reason is DownReason.None or DownReason.Recursion or DownReason.Disabled;
        }

        foreach (string gone in _reported.Keys.Where(name => !_tunnels.ContainsKey(name)))
        {
            links[gone] = true;
        }

        Report(links);
    }

    /// <summary>Stops what goes on by itself.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _timer?.Dispose();
        _settling?.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    private DownReason ReasonOf(GreTunnel tunnel, HashSet<(uint, uint)> own, out bool isKnown)
    {
        Tunnel configured = tunnel.Configured;
        isKnown = true;
        if (configured.Disabled)
        {
            return DownReason.Disabled;
        }

        if (tunnel.Local == 0 || tunnel.Remote == 0)
        {
            return DownReason.NotConfigured;
        }

        if (tunnel.Instance is not { } instance)
        {
            return DownReason.NoTransport;
        }

        DownReason way = WayOf(tunnel, instance, own);
        if (way != DownReason.None)
        {
            return way;
        }

        if (configured.Secured && configured.Vpn.Length == 0)
        {
            return DownReason.NoProfile;
        }

        if (configured.Secured)
        {
            isKnown = _vpns is not null;
            if (_vpns is null || !_vpns.TryGetValue(configured.Vpn, out (bool IsUp, uint Protection) vpn) || !vpn.IsUp)
            {
                return DownReason.NoAssociation;
            }
        }

        return tunnel.Keepalives is { IsLost: true } ? DownReason.NoKeepalive : DownReason.None;
    }

    private DownReason WayOf(GreTunnel tunnel, uint instance, HashSet<(uint, uint)> own)
    {
        if (!own.Contains((instance, tunnel.Local)))
        {
            return DownReason.NoSource;
        }

        GreTunnel at = tunnel;
        for (int depth = 0; depth < MostNested; depth++)
        {
            RouteState? route = context.Routes.Lookup(at.Instance ?? 0, Ipv4Number.ToAddress(at.Remote));
            if (route is null || route.Interface.Length == 0)
            {
                return at == tunnel ? DownReason.NoRoute : DownReason.None;
            }

            if (route.Interface == tunnel.Configured.Interface)
            {
                return DownReason.Recursion;
            }

            if (!_tunnels.TryGetValue(route.Interface, out GreTunnel? next))
            {
                return DownReason.None;
            }

            at = next;
        }

        return DownReason.Recursion;
    }

    private void Program(GreTunnel tunnel, DownReason reason)
    {
        uint index = context.Interfaces.Find(tunnel.Configured.Interface)?.Index ?? 0;
        if (index != tunnel.Index)
        {
            RemoveRow(tunnel);
        }

        if (index == 0 || tunnel.Local == 0 || tunnel.Remote == 0 || tunnel.Instance is not { } instance)
        {
            RemoveRow(tunnel);
            return;
        }

        Tunnel configured = tunnel.Configured;
        TunnelRow row = new()
        {
            Interface = index,
            Instance = instance,
            LocalAddress = tunnel.Local,
            RemoteAddress = tunnel.Remote,
            Encapsulation = configured.Encapsulation,
            Checksum = configured.Checksum,
            HasKey = configured.HasKey,
            Key = configured.Key,
            Sequence = configured.Sequence,
            Secured = configured.Secured,
            Protection = configured.Vpn,
            Blocked = reason == DownReason.Recursion,
            AllowFragmentation = configured.AllowFragmentation,
            Ttl = configured.Ttl,
        };
        if (!row.Equals(tunnel.Row))
        {
            (tunnel.Index, tunnel.Row) = (index, row);
            ulong version = context.Tables.Set(Table, tunnel.Key, row);
            Watch(async () =>
            {
                if (await context.Tables.Acknowledged(version) is { } refusal)
                {
                    GreLog.Refused(context.Log, tunnel.Kind, configured.Name, refusal);
                }
            });
        }
    }

    private void RemoveRow(GreTunnel tunnel)
    {
        if (tunnel.Row is not null)
        {
            _ = context.Tables.Remove(Table, tunnel.Key);
        }

        (tunnel.Index, tunnel.Row) = (0, null);
    }

    private void Note(GreTunnel tunnel, DownReason reason)
    {
        if (tunnel.IsKnown && tunnel.Reason == reason)
        {
            return;
        }

        bool wasUp = tunnel is { IsKnown: true, Reason: DownReason.None };
        bool isNew = !tunnel.IsKnown;
        (tunnel.IsKnown, tunnel.Reason) = (true, reason);
        if (reason == DownReason.None)
        {
            tunnel.Ups++;
            GreLog.Up(context.Log, tunnel.Kind, tunnel.Configured.Name, tunnel.Configured.RemoteAddress);
        }
        else if (reason == DownReason.Recursion)
        {
            GreLog.Recursion(context.Log, tunnel.Kind, tunnel.Configured.Name, tunnel.Words);
        }
        else if (wasUp || (isNew && reason is not (DownReason.NotConfigured or DownReason.Disabled)))
        {
            GreLog.Down(context.Log, tunnel.Kind, tunnel.Configured.Name, tunnel.Configured.RemoteAddress, tunnel.Words);
        }
    }

    private void Report(Dictionary<string, bool> links)
    {
        Dictionary<string, bool> changed = links.Where(l => !_reported.TryGetValue(l.Key, out bool before) || before != l.Value)
            .ToDictionary(StringComparer.Ordinal);
        foreach ((string name, bool up) in changed)
        {
            if (_tunnels.ContainsKey(name))
            {
                _reported[name] = up;
            }
            else
            {
                _ = _reported.Remove(name);
            }
        }

        if (changed.Count > 0)
        {
            context.Interfaces.ReportLinks(changed);
        }
    }

    // Hears of associations that come and go, for as long as the plugin lives.
    private async Task Follow()
    {
        Ike.IkeClient ike = new(context.Bus.Invoker);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using AsyncServerStreamingCall<VpnChange> call = ike.WatchVpns(new WatchVpnsRequest(), cancellationToken: _stop.Token);
                Dictionary<string, (bool IsUp, uint Protection)> start = new(StringComparer.Ordinal);
                bool hasStarted = false;
                while (await call.ResponseStream.MoveNext(_stop.Token))
                {
                    VpnChange change = call.ResponseStream.Current;
                    if (change.EndOfStart)
                    {
                        (_vpns, hasStarted) = (start, true);
                        Evaluate();
                    }
                    else
                    {
                        Take(start, change);
                        _settling ??= hasStarted ? context.Strand.Schedule(s_settle, Settle) : null;
                    }
                }
            }
            catch (Exception e) when (e is RpcException or OperationCanceledException)
            {
                // IKE is being started anew: what is there goes on.
            }

            TaskCompletionSource again = new();
            using IDisposable timer = context.Strand.Schedule(s_again, again.SetResult);
            await again.Task;
        }
    }

    private static void Take(Dictionary<string, (bool IsUp, uint Protection)> vpns, VpnChange change)
    {
        if (!change.Up && vpns.TryGetValue(change.Name, out (bool IsUp, uint Protection) other) && other.IsUp && other.Protection != change.Protection)
        {
            // An earlier one of the name, which the other has followed.
            return;
        }

        if (change.Gone)
        {
            _ = vpns.Remove(change.Name);
        }
        else
        {
            vpns[change.Name] = (change.Up, change.Protection);
        }
    }

    private void Settle()
    {
        _settling = null;
        Evaluate();
    }

    private void Tick()
    {
        _timer = null;
        if (!_stop.IsCancellationRequested && _tunnels.Values.Any(t => t.Keepalives is not null))
        {
            _timer = context.Strand.Schedule(s_keepaliveInterval, Tick);
            Watch(KeepAll);
        }
    }

    private async Task KeepAll()
    {
        bool changed = false;
        DateTimeOffset now = context.Time.GetUtcNow();
        foreach (GreTunnel tunnel in _tunnels.Values.Where(t => t is { Keepalives: not null, Index: not 0 } && t.Keepalives.Due <= now).ToArray())
        {
            changed |= await Keep(tunnel, tunnel.Keepalives!, now);
        }

        if (changed)
        {
            Evaluate();
        }
    }

    private async Task<bool> Keep(GreTunnel tunnel, KeepaliveWatch watch, DateTimeOffset now)
    {
        watch.Due = now + watch.Interval;
        bool wasLost = watch.IsLost;
        try
        {
            IReadOnlyList<KeyValuePair<string, TunnelCounters>> counted = await context.Modules.Snapshot<TunnelCounters>(Table, tunnel.Key);
            watch.Learn(counted is [{ } first, ..] ? first.Value.KeepalivesReturned : 0);
        }
        catch (RpcException)
        {
            return false;
        }

        if (!tunnel.Configured.Secured || ProtectionOf(tunnel) != 0)
        {
            context.Packets.Inject(KeepaliveWatch.Make(tunnel, tunnel.Configured.Secured ? ProtectionOf(tunnel) : 0));
        }

        return watch.IsLost != wasLost;
    }

    private void Watch(Func<Task> work) => work().ContinueWith(
        t => context.Strand.Post(() => ExceptionDispatchInfo.Throw(t.Exception!.InnerException!)),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
}
