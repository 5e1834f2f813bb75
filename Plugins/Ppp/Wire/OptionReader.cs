namespace RouterOS.Ppp.Wire;

// Option, RFC 1661 section 6.
//
//  0                   1                   2
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-
// |     Type      |    Length     |    Data ...
// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-

/// <summary>Walks the options of a configure packet.</summary>
internal ref struct OptionReader(ReadOnlySpan<byte> options)
{
    /// <summary>Bytes before an option's data.</summary>
    public const int HeaderLength = 2;

    private ReadOnlySpan<byte> _rest = options;

    /// <summary>True when what follows is no option.</summary>
    public bool Failed { get; private set; }

    public byte Type { get; private set; }

    public ReadOnlySpan<byte> Data { get; private set; }

    /// <summary>The option with its type and length.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    public bool Next()
    {
        if (_rest.IsEmpty || Failed)
        {
            return false;
        }

        if (_rest.Length < HeaderLength || _rest[1] < HeaderLength || _rest[1] > _rest.Length)
        {
            Failed = true;
            return false;
        }

        Type = _rest[0];
        Whole = _rest[.._rest[1]];
        Data = Whole[HeaderLength..];
        _rest = _rest[Whole.Length..];
        return true;
    }
}
