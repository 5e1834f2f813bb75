using System.Buffers.Binary;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Aaa.V1;
using RouterOS.Proto.Ppp.V1;

namespace RouterOS.Ppp.Control;

/// <summary>Tells the peer of a link of its router and its prefixes (RFC 4861 section 6.2): when it comes up, from time to time, and when it asks.</summary>
internal sealed class RouterAdvertiser(PppLink link, RouterAdvertisement settings)
{
    // RFC 4861 section 10.
    private const int InitialTimes = 3;
    private const double InitialSeconds = 16;
    private const double LeastPart = 1.0 / 3;
    private const uint DefaultIntervalSeconds = 200;
    private const uint DefaultLifetimeSeconds = 1800;

    // A peer that asks more often than it could have lost answers gets none.
    private static readonly TimeSpan s_leastPause = TimeSpan.FromMilliseconds(500);

    private IReadOnlyList<FramedPrefix6> _prefixes = [];
    private IDisposable? _timer;
    private DateTimeOffset _answered;
    private int _sent;

    /// <summary>Takes the prefixes that AAA has for the user.</summary>
    public void Assign(IReadOnlyList<FramedPrefix6> prefixes) => _prefixes = prefixes;

    /// <summary>The link carries IPv6.</summary>
    public void Start()
    {
        _sent = 0;
        Send();
    }

    /// <summary>It does not any more.</summary>
    public void Stop()
    {
        _timer?.Dispose();
        _timer = null;
    }

    /// <summary>Answers a router solicitation; false where the packet is none.</summary>
    public bool TryAnswer(ReadOnlySpan<byte> packet)
    {
        if (!RouterDiscovery.IsSolicitation(packet))
        {
            return false;
        }

        DateTimeOffset now = link.Environment.Now;
        if (now - _answered >= s_leastPause)
        {
            _answered = now;
            link.Send(Message());
        }

        return true;
    }

    private void Send()
    {
        link.Send(Message());
        double most = settings.IntervalSeconds > 0 ? settings.IntervalSeconds : DefaultIntervalSeconds;
        most = ++_sent < InitialTimes ? Math.Min(most, InitialSeconds) : most;
        Span<byte> random = stackalloc byte[2];
        link.Environment.Fill(random);
        double part = LeastPart + ((1 - LeastPart) * BinaryPrimitives.ReadUInt16BigEndian(random) / ushort.MaxValue);
        _timer?.Dispose();
        _timer = link.Environment.After(TimeSpan.FromSeconds(most * part), Send);
    }

    private byte[] Message()
    {
        AdvertisedPrefix? shared = settings.Prefix;
        List<AdvertisedPrefix> prefixes =
        [
            .. _prefixes.Select(p => new AdvertisedPrefix
            {
                Prefix = p.Prefix,
                PrefixLength = p.PrefixLength,
                ValidSeconds = shared?.ValidSeconds ?? RouterDiscovery.DefaultValidSeconds,
                PreferredSeconds = shared?.PreferredSeconds ?? RouterDiscovery.DefaultPreferredSeconds,
                // What is the user's own is for it to make addresses of.
                OnLink = shared?.OnLink ?? true,
                Autonomous = true,
            }),
        ];
        if (prefixes.Count == 0 && shared is not null)
        {
            prefixes.Add(shared);
        }

        return RouterDiscovery.Advertisement(
            link.Ipv6cp!.Own, settings.HasLifetimeSeconds ? settings.LifetimeSeconds : DefaultLifetimeSeconds,
            settings.Managed, settings.OtherConfiguration, settings.ReachableMilliseconds, (uint)link.Mtu6, prefixes);
    }
}
