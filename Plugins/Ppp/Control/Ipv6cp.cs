using System.Buffers.Binary;
using RouterOS.Ppp.Wire;
using RouterOS.Proto.Aaa.V1;

namespace RouterOS.Ppp.Control;

/// <summary>The network control protocol of IPv6, RFC 5072: interface identifiers, no compression. What else IPv6 has on a link hangs on it.</summary>
internal sealed class Ipv6cp(PppLink link, LinkSettings settings) : Negotiator(link, PppProtocol.Ipv6cp)
{
    private const byte InterfaceIdentifier = 1;

    private readonly RouterAdvertiser? _advertiser =
        settings.IsServer && settings.Advertisement is { } advertisement ? new RouterAdvertiser(link, advertisement) : null;

    private ulong _given;
    private ulong _prepared;
    private bool _sawIdentifier;

    /// <summary>Identifier of this end; 0 before the first request.</summary>
    public ulong Own { get; private set; }

    /// <summary>The peer's, as it has asked for it last and may have it; 0 before.</summary>
    public ulong Peer { get; private set; }

    /// <summary>The peer whose packets the data path was asked to take; 0: none.</summary>
    public ulong Asked { get; private set; }

    /// <summary>The peer's as it was agreed last with this user, for accounting; 0: never.</summary>
    public ulong Agreed { get; private set; }

    /// <summary>Networks of the peer: on its link, those that are advertised; and those behind it.</summary>
    public IReadOnlyList<FramedPrefix6> Networks { get; private set; } = [];

    /// <summary>Those on its link.</summary>
    public IReadOnlyList<FramedPrefix6> Prefixes { get; private set; } = [];

    /// <summary>Takes what the user gets.</summary>
    public void Assign(AuthenticateReply user)
    {
        Agreed = 0;
        _given = user.Ipv6?.InterfaceIdentifier ?? 0;
        Networks = user.Ipv6 is { } grant ? [.. grant.Prefixes, .. grant.Routes] : [];
        Prefixes = user.Ipv6 is { } own ? own.Prefixes : [];
        _advertiser?.Assign(Prefixes);
    }

    /// <summary>Packets of this peer can pass now.</summary>
    public void Prepared(ulong peer)
    {
        if (peer != 0 && peer == Asked && peer != _prepared)
        {
            _prepared = peer;
            Resume();
        }
    }

    /// <summary>A packet that the data path has not taken: a router solicitation, or nothing that is of use.</summary>
    public bool TryReceive(ReadOnlySpan<byte> packet) => IsOpened && _advertiser is not null && _advertiser.TryAnswer(packet);

    /// <summary>Stops what is left to do on a link that is over.</summary>
    public void End()
    {
        _advertiser?.Stop();
        Dispose();
    }

    protected override void WriteRequest(OptionList options)
    {
        if (Own == 0)
        {
            Own = NewIdentifier();
        }

        Add(options, Own);
    }

    protected override bool MayAcknowledge()
    {
        if (!settings.IsServer || _prepared == Peer)
        {
            return true;
        }

        if (Asked != Peer)
        {
            Asked = Peer;
            Link.Prepare();
        }

        return _prepared == Peer;
    }

    protected override void BeginRequest() => _sawIdentifier = false;

    protected override bool Judge(byte type, ReadOnlySpan<byte> data, OptionList better, bool isLastWord)
    {
        if (type != InterfaceIdentifier || data.Length != 8)
        {
            return false;
        }

        _sawIdentifier = true;
        ulong peer = BinaryPrimitives.ReadUInt64BigEndian(data);
        if (peer != 0 && peer != Own && (_given == 0 || peer == _given))
        {
            Peer = peer;
            return true;
        }

        Add(better, Better());
        return false;
    }

    protected override void AddMissing(OptionList better)
    {
        // Without an identifier the peer has no address: RFC 5072 section 4.1.
        if (!_sawIdentifier)
        {
            Add(better, Better());
        }
    }

    protected override void Suggested(byte type, ReadOnlySpan<byte> data)
    {
        ulong suggested = type == InterfaceIdentifier && data.Length == 8 ? BinaryPrimitives.ReadUInt64BigEndian(data) : 0;
        Own = suggested != 0 && suggested != Peer ? suggested : NewIdentifier();
    }

    protected override void Refused(byte type) => GiveUp();

    protected override void LayerUp()
    {
        Agreed = Peer;
        Link.Ipv6cpUp();
        _advertiser?.Start();
    }

    protected override void LayerDown()
    {
        _advertiser?.Stop();
        (_prepared, Asked) = (0, 0);
        Link.Ipv6cpDown();
    }

    protected override void LayerFinished()
    {
        // The link goes on with IPv4 alone.
        if (Asked != 0)
        {
            (_prepared, Asked) = (0, 0);
            Link.Ipv6cpDown();
        }
    }

    private static void Add(OptionList options, ulong identifier)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, identifier);
        _ = options.Add(InterfaceIdentifier, bytes);
    }

    private ulong Better() => _given != 0 && _given != Own ? _given : NewIdentifier();

    private ulong NewIdentifier()
    {
        Span<byte> bytes = stackalloc byte[8];
        Link.Environment.Fill(bytes);
        // RFC 5072 section 4.1: not universal, so the bit is 0; never all zeros.
        return (BinaryPrimitives.ReadUInt64BigEndian(bytes) & ~(2ul << 56)) | 1;
    }
}
