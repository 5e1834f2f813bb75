using System.Buffers.Binary;

namespace RouterOS.Ike.Wire;

// Generic payload header, RFC 2408 section 3.2.
//
// +---------------+---------------+-------------------------------+
// | Next Payload  |   RESERVED    |         Payload Length        |
// +---------------+---------------+-------------------------------+

/// <summary>View of the payloads of one message. Every length of the chain is checked once, by <see cref="TryParse"/>.</summary>
internal readonly ref struct PayloadChain
{
    /// <summary>Bytes of the generic header.</summary>
    public const int GenericHeader = 4;

    /// <summary>Payloads of one message; real peers send about 20, most of them vendor ids.</summary>
    public const int Maximum = 64;

    private readonly PayloadType _first;
    private readonly ReadOnlySpan<byte> _bytes;

    private PayloadChain(PayloadType first, ReadOnlySpan<byte> bytes)
    {
        _first = first;
        _bytes = bytes;
    }

    /// <summary>All payloads, without the padding that an encrypted message has behind them.</summary>
    public ReadOnlySpan<byte> Bytes => _bytes;

    /// <summary>Accepts <paramref name="body"/> as a chain that starts with a payload of type <paramref name="first"/>.</summary>
    public static bool TryParse(PayloadType first, ReadOnlySpan<byte> body, out PayloadChain chain, out IsakmpError error)
    {
        chain = default;
        int offset = 0;
        int count = 0;
        for (PayloadType type = first; type != PayloadType.None;)
        {
            ReadOnlySpan<byte> rest = body[offset..];
            if (rest.Length < GenericHeader)
            {
                error = IsakmpError.Truncated;
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(rest[2..]);
            if (length < GenericHeader || length > rest.Length)
            {
                error = IsakmpError.BadLength;
                return false;
            }

            if (++count > Maximum)
            {
                error = IsakmpError.TooMany;
                return false;
            }

            type = (PayloadType)rest[0];
            offset += length;
        }

        chain = new PayloadChain(first, body[..offset]);
        error = IsakmpError.None;
        return true;
    }

    /// <summary>Finds the first payload of a type.</summary>
    public bool TryFind(PayloadType type, out Payload found)
    {
        foreach (Payload payload in this)
        {
            if (payload.Type == type)
            {
                found = payload;
                return true;
            }
        }

        found = default;
        return false;
    }

    /// <summary>Finds the only payload of a type: false when there is none or more than one.</summary>
    public bool TryFindOnly(PayloadType type, out Payload found) => TryFind(type, out found) && Count(type) == 1;

    /// <summary>Payloads of a type.</summary>
    public int Count(PayloadType type)
    {
        int count = 0;
        foreach (Payload payload in this)
        {
            count += payload.Type == type ? 1 : 0;
        }

        return count;
    }

    public Enumerator GetEnumerator() => new(_first, _bytes);

    /// <summary>Walks the payloads in order.</summary>
    internal ref struct Enumerator
    {
        private PayloadType _next;
        private ReadOnlySpan<byte> _rest;

        public Enumerator(PayloadType first, ReadOnlySpan<byte> bytes)
        {
            _next = first;
            _rest = bytes;
            Current = default;
        }

        public Payload Current { get; private set; }

        public bool MoveNext()
        {
            if (_next == PayloadType.None)
            {
                return false;
            }

            int length = BinaryPrimitives.ReadUInt16BigEndian(_rest[2..]);
            Current = new Payload(_next, _rest[..length]);
            _next = (PayloadType)_rest[0];
            _rest = _rest[length..];
            return true;
        }
    }
}
