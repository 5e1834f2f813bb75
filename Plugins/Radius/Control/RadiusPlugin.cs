using System.Globalization;
using RouterOS.Proto.Config.V1;
using RouterOS.Proto.Module.V1;
using RouterOS.Proto.Radius.V1;
using RouterOS.Radius.Crypto;
using RouterOS.Radius.Wire;
using RouterOS.Sdk.Intents;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Network;

namespace RouterOS.Radius.Control;

/// <summary>RADIUS client: authentication, accounting, and what servers ask of sessions.</summary>
public sealed class RadiusPlugin : IControlPlugin
{
    private static readonly TimeSpan s_announceAgain = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_refusalPause = TimeSpan.FromSeconds(10);

    private readonly ServerGroups _groups = new();
    private IControlContext? _context;
    private RadiusEnvironment? _environment;
    private RadiusProofs? _proofs;
    private RadiusClient? _client;
    private DynamicRequests? _requests;
    private SessionChanges? _changes;
    private DateTimeOffset _refused;

    /// <inheritdoc/>
    public PluginManifest Manifest { get; } = new(
        "radius",
        "RADIUS client: authentication (RFC 2865, 2548, 2869), accounting (RFC 2866), changes of sessions by servers (RFC 5176)",
        ["routeros.radius.v1.Radius"],
        [],
        ["routeros.radius.v1.RadiusIntent"]);

    /// <inheritdoc/>
    public void Start(IControlContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _environment = new RadiusEnvironment(context);
        _proofs = new RadiusProofs(context.Mac);
        _client = new RadiusClient(_environment, _proofs);
        _requests = new DynamicRequests(_proofs, _environment.InstanceOf);
        _changes = new SessionChanges(_requests, (packet, to) => _environment.Send(to.Instance, to.Own, to.OwnPort, to.Source, to.SourcePort, packet));
        for (int i = 0; i < RadiusPorts.Sources; i++)
        {
            context.Packets.Subscribe(Channel((ushort)(RadiusPorts.FirstSource + i)), Receive);
        }

        context.Packets.Subscribe(Channel(RadiusPorts.Dynamic), ReceiveDynamic);
        context.Packets.Subscribe(Channel(RadiusPorts.EarlyDynamic), ReceiveDynamic);
        context.Bus.Provide(new RadiusService(
            _client, _groups, _proofs, _changes, (what, session) => RadiusLog.AccountingLost(context.Log, what, session)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<Finding> Validate(IntentSet candidate)
    {
        ArgumentNullException.ThrowIfNull(candidate);
        return RadiusCommit.Validate(candidate.Get<RadiusIntent>());
    }

    /// <inheritdoc/>
    public void Apply(IntentSet committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        RadiusIntent intent = committed.Get<RadiusIntent>();
        HashSet<string> announced = [.. _groups.All.Where(g => g.IsAnnounced).Select(g => g.Name)];
        _groups.Apply(intent);
        _requests!.Apply(intent.DynamicClients);
        foreach (Group group in _groups.All.Where(g => g.Accounting.Servers.Count > 0 && !g.IsAnnounced))
        {
            group.IsAnnounced = true;
            if (!announced.Contains(group.Name))
            {
                Announce(group);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask StopAsync()
    {
        foreach (Group group in _groups.All.Where(g => g.IsAnnounced))
        {
            _client!.Ask(group.Accounting, new RouterQuestion(AccountingStatus.Off, _proofs!), group.Intent.NasIdentifier, _ => { });
        }

        return ValueTask.CompletedTask;
    }

    private static string Channel(ushort port) => string.Create(CultureInfo.InvariantCulture, $"udp:{port}");

    // Until a server has taken it: at boot there may be no way to one yet.
    private void Announce(Group group) =>
        _client!.Ask(group.Accounting, new RouterQuestion(AccountingStatus.On, _proofs!), group.Intent.NasIdentifier, answer =>
        {
            if (answer is null)
            {
                _ = _environment!.After(s_announceAgain, () =>
                {
                    if (_groups.Find(group.Name) is { } still && still.Accounting.Servers.Count > 0)
                    {
                        Announce(still);
                    }
                });
            }
        });

    private void Receive(PuntPacket packet) =>
        _client!.Receive(packet.Instance, packet.Source, (ushort)packet.SourcePort, (ushort)packet.DestinationPort, packet.Payload.Span, _groups.Servers);

    private void ReceiveDynamic(PuntPacket packet)
    {
        DynamicStep step = _requests!.Take(
            packet.Source, (ushort)packet.SourcePort, packet.Destination, packet.Payload.Span, _environment!.Now, packet.Instance);
        string client = Ipv4Number.Text(packet.Source);
        if (step.Refusal is not null && _environment.Now - _refused >= s_refusalPause)
        {
            _refused = _environment.Now;
            RadiusLog.ChangeRefused(_context!.Log, "change a session", client, step.Refusal);
        }

        if (step.Change is { } change)
        {
            RadiusLog.ChangeAsked(_context!.Log, client, change.Disconnect ? "end a session" : "change a session", change.Session, change.User);
        }

        _changes!.Carry(step, new(packet.Source, (ushort)packet.SourcePort, packet.Destination, (ushort)packet.DestinationPort, packet.Instance));
    }
}
