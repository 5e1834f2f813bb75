using Grpc.Core;
using RouterOS.L2tp.Control.Policy;
using RouterOS.L2tp.Wire;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.L2tp.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Network;

namespace RouterOS.L2tp.Control;

/// <summary>L2TP network server: tunnels of clients and of access concentrators, their sessions carried to PPP.</summary>
public sealed class L2tpPlugin : IControlPlugin, IDisposable
{
    // Modules come up at the same time.
    private const int MostQuestions = 100;

    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _stop = new();
    private IControlContext? _context;
    private L2tpTunnels? _tunnels;
    private PppCarrier? _carrier;
    private ProtectionRelease? _release;
    private bool _isSynchronised;
    private bool _listens;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "l2tp",
        "L2TP network server (RFC 2661), in the clear or under IPsec (RFC 3193)",
        ["routeros.l2tp.v1.L2tp"],
        ["routeros.ppp.v1.Links"],
        ["routeros.l2tp.v1.L2tpIntent"]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        L2tpRuntime runtime = new(context);
        L2tpTunnels? tunnels = null;
        SessionRows rows = new(context.Tables, () => tunnels!.Policy, runtime.InstanceOf);
        PppCarrier carrier = new(context, rows);
        tunnels = new L2tpTunnels(runtime, carrier) { Log = new TunnelLog(context.Log, runtime) };
        ProtectionRelease release = new(context);
        // A single-shot tunnel ends its IPsec connection at the beginning of the destruct time, others at its end.
        carrier.TunnelEnds = tunnel =>
        {
            if (tunnel is { Host.IsSingleShot: true, State: Machines.TunnelState.Ended })
            {
                release.Release(tunnel);
            }
        };
        tunnels.History.Destructed = tunnel =>
        {
            if (!tunnel.Host.IsSingleShot && tunnels.All.All(t => t.Ends.Protection != tunnel.Ends.Protection))
            {
                release.Release(tunnel);
            }
        };
        (_context, _tunnels, _carrier, _release) = (context, tunnels, carrier, release);
        context.Packets.Subscribe(L2tpRuntime.Channel, Receive);
        context.Bus.Provide(new L2tpShow(context, tunnels));
        _ = release.Watch(tunnels.ProtectionGone, _stop.Token);
        carrier.Start();
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return L2tpCommit.Validate(candidate);
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        L2tpPolicy policy = L2tpPolicy.Read(committed.Get<L2tpIntent>());
        _tunnels!.Apply(policy);
        if (policy.Destinations.Count > 0)
        {
            _listens = true;
            _ = _context!.Tables.Set("l2tp", "default", new ServerRow { Listens = true });
        }
        else if (_listens)
        {
            _listens = false;
            _ = _context!.Tables.Remove("l2tp", "default");
        }

        if (!_isSynchronised)
        {
            _isSynchronised = true;
            _ = Recover();
        }
    }

    /// <inheritdoc/>
    public async ValueTask StopAsync()
    {
        await _stop.CancelAsync();
        _tunnels?.Stop();
        if (_carrier is not null)
        {
            await Task.WhenAny(_carrier.Settled(), Task.Delay(s_settle, _context!.Time));
            _carrier.Stop();
        }
    }

    // Sessions do not outlive the routing engine's process. Those that an earlier one has left in the modules go, and their peers are told.
    private async Task Recover()
    {
        IReadOnlyList<KeyValuePair<string, SessionCounters>> sessions = [];
        for (int i = 0; i < MostQuestions; i++)
        {
            try
            {
                sessions = await _context!.Modules.Snapshot<SessionCounters>("l2tp-session");
                break;
            }
            catch (RpcException)
            {
                // No module has come up yet.
                TaskCompletionSource over = new();
                _ = _context!.Strand.Schedule(s_again, over.SetResult);
                await over.Task;
            }
        }

        foreach ((string key, SessionCounters session) in sessions)
        {
            // Sessions of this life may be there already.
            if (SessionRows.TunnelOf(key) is var (protection, tunnel) && session.RemoteTunnel != 0 && _tunnels!.Find(tunnel) is null)
            {
                _tunnels.Former.Add(
                    new(session.LocalAddress, L2tpHeader.Port, session.RemoteAddress, (ushort)session.RemotePort, protection, session.Instance),
                    tunnel, (ushort)session.RemoteTunnel);
            }
        }

        if (_tunnels!.Former.Count > 0)
        {
            L2tpLog.FormerTunnels(_context!.Log, _tunnels.Former.Count);
        }

        _tunnels.Former.Over = (ends, _) =>
        {
            _tunnels.Expect(ends.Protection);
            _release!.Release(ends.Protection);
        };
        _tunnels.Stray = ends =>
        {
            L2tpLog.Stray(_context!.Log, Ipv4Number.Text(ends.RemoteAddress), ends.Protection);
            _release!.Release(ends.Protection);
        };
        _context!.Tables.EndOfSync();
    }

    private void Receive(PuntPacket packet) => _tunnels!.Receive(L2tpRuntime.EndsOf(packet), packet.Payload.Span);

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();
}
