using System.Diagnostics.CodeAnalysis;

namespace RouterOS.Crypto.Managed;

/// <summary>Arithmetic on as many 32-bit words side by side as a processor class has; every lane belongs to another message.</summary>
internal unsafe interface ILaneOps<TVector>
    where TVector : unmanaged
{
    static abstract int Lanes { get; }

    static abstract TVector Broadcast(uint value);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Xor(TVector left, TVector right);

    static abstract TVector RotateLeft(TVector value, [ConstantExpected] byte bits);

    static abstract TVector ShiftRight(TVector value, [ConstantExpected] byte bits);

    /// <summary>left ^ middle ^ right.</summary>
    static abstract TVector Parity(TVector left, TVector middle, TVector right);

    /// <summary>Where a bit of <paramref name="mask"/> is set, that of <paramref name="set"/>, else that of <paramref name="clear"/>.</summary>
    static abstract TVector Choose(TVector mask, TVector set, TVector clear);

    static abstract TVector Majority(TVector left, TVector middle, TVector right);

    /// <summary>middle ^ (left | ~right): MD5's fourth function.</summary>
    static abstract TVector Md5Fourth(TVector left, TVector middle, TVector right);

    /// <summary>Reverses the bytes of each word.</summary>
    static abstract TVector ByteSwap(TVector value);

    /// <summary>In lanes whose limit is above <paramref name="step"/> the new word, in the others the old one.</summary>
    static abstract TVector Advance(TVector limit, uint step, TVector next, TVector old);

    /// <summary>Reads 64 bytes of every lane's message into 16 vectors, one per word, in the machine's byte order.</summary>
    static abstract void Load(byte** messages, nint offset, TVector* words);
}
