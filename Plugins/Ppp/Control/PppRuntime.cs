using System.Runtime.ExceptionServices;
using Grpc.Core;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Ppp.V1;
using RouterOS.Sdk.Plugins;
using RouterOS.Sdk.Network;

namespace RouterOS.Ppp.Control;

/// <summary>What every link of the plugin needs: the kernel's context, profiles, AAA.</summary>
/// <remarks>Owned by the plugin's strand.</remarks>
internal sealed class PppRuntime : ILinkEnvironment
{
    private readonly IControlContext _context;
    private readonly Aaa.AaaClient _aaa;

    // Thousands of links are to be the same.
    private readonly Dictionary<(string Profile, string VirtualRouter, uint Mtu), LinkSettings> _settings = [];
    private Dictionary<string, Profile> _profiles = new(StringComparer.Ordinal);

    public PppRuntime(IControlContext context)
    {
        _context = context;
        _aaa = new Aaa.AaaClient(context.Bus.Invoker);
    }

    public List<LinkCarrier> Carriers { get; } = [];

    public LinkCounters Counters { get; } = new();

    public DateTimeOffset Now => _context.Time.GetUtcNow();

    public IControlContext Context => _context;

    public IDisposable After(TimeSpan delay, Action work) => _context.Strand.Schedule(delay, work);

    public void Fill(Span<byte> destination) => _context.Random.Fill(destination);

    public void Authenticate(AuthenticateRequest request, Action<AuthenticateReply> answered) => Surface(Ask(request, answered));

    public void Account(AccountRequest request) => Surface(Tell(request));

    /// <summary>Takes a configuration: links of profiles that are gone or changed end.</summary>
    public void Apply(PppIntent intent)
    {
        Dictionary<string, Profile> before = _profiles;
        _settings.Clear();
        _profiles = intent.Profiles.ToDictionary(p => p.Name, StringComparer.Ordinal);
        foreach (PppLink link in Carriers.SelectMany(c => c.Links).ToArray())
        {
            if (!_profiles.ContainsKey(link.Profile) && before.ContainsKey(link.Profile))
            {
                link.Terminate(Wire.DisconnectCause.Administrative, $"profile {link.Profile} was deleted");
            }
        }
    }

    /// <summary>What a link is to be; null with the reason where the configuration does not say.</summary>
    public LinkSettings? Settings(LinkStart start, out string problem)
    {
        if (!_profiles.TryGetValue(start.Profile, out Profile? profile))
        {
            problem = start.Profile.Length == 0 ? "no PPP profile is named" : $"there is no PPP profile {start.Profile}";
            return null;
        }

        if (!_settings.TryGetValue((profile.Name, start.VirtualRouter, start.Mtu), out LinkSettings? settings))
        {
            settings = LinkSettings.Of(profile, start, 0, "routeros");
            _settings[(profile.Name, start.VirtualRouter, start.Mtu)] = settings;
        }

        uint local = LocalAddress(profile.Name, settings.VirtualRouter, string.Empty);

        // Who the user is may yet put it into another virtual router, where the interface is.
        bool mayHave = local != 0 || _context.Interfaces.All().Any(i => i.LocalName == profile.UnnumberedInterface && i.LocalName.Length > 0);
        problem = mayHave ? string.Empty : $"PPP profile {profile.Name}: the router's end has no address";
        if (mayHave && settings.LocalAddress != local)
        {
            _settings[(profile.Name, start.VirtualRouter, start.Mtu)] = settings = settings with { LocalAddress = local };
        }

        return mayHave ? settings : null;
    }

    public uint LocalAddress(string profile, string virtualRouter, string localInterface)
    {
        if (_profiles.GetValueOrDefault(profile) is not { } wanted || _context.Interfaces.FindInstance(virtualRouter) is not { } instance)
        {
            return 0;
        }

        string name = localInterface.Length > 0 ? localInterface : wanted.UnnumberedInterface;
        return name.Length == 0 ? Ipv4Number.Parse(wanted.LocalAddress) ?? 0
            : _context.Interfaces.Find(instance, name) is { Addresses: [var first, ..] } ? Ipv4Number.Of(first.Address)
            : 0;
    }

    public Google.Protobuf.ByteString LocalAddress6(string profile, string virtualRouter) =>
        _profiles.GetValueOrDefault(profile) is { UnnumberedInterface6.Length: > 0 } wanted
            && _context.Interfaces.FindInstance(virtualRouter) is { } instance
            && _context.Interfaces.Find(instance, wanted.UnnumberedInterface6) is { Addresses6: [var first, ..] }
            ? Google.Protobuf.ByteString.CopyFrom(first.Address.GetAddressBytes())
            : Google.Protobuf.ByteString.Empty;

    /// <summary>Lets an exception of work that nobody awaits reach the strand, and by it the supervisor.</summary>
    public void Surface(Task work) => work.ContinueWith(
        t => _context.Strand.Post(() => ExceptionDispatchInfo.Throw(t.Exception!.InnerException!)),
        CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private async Task Ask(AuthenticateRequest request, Action<AuthenticateReply> answered)
    {
        AuthenticateReply reply;
        try
        {
            reply = await _aaa.AuthenticateAsync(request);
        }
        catch (RpcException e)
        {
            reply = new AuthenticateReply
            {
                Outcome = AuthenticateReply.Types.Outcome.Unavailable, Reason = $"AAA does not answer: {e.Status.StatusCode}",
            };
        }

        answered(reply);
    }

    private async Task Tell(AccountRequest request)
    {
        try
        {
            _ = await _aaa.AccountAsync(request);
        }
        catch (RpcException e)
        {
            PppLog.NotAccounted(_context.Log, request.Session, e.Status.StatusCode.ToString());
        }
    }
}
