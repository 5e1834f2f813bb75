namespace RouterOS.Crypto.Managed;

/// <summary>A hash with 64-byte blocks, written once for any number of lanes.</summary>
internal unsafe interface ILaneHash
{
    /// <summary>32-bit words of the state, all of which are the digest.</summary>
    static abstract int StateWords { get; }

    /// <summary>Vectors of room that <see cref="Compress"/> needs for a block.</summary>
    static abstract int ScheduleWords { get; }

    /// <summary>Whether words lie big end first in messages, digest and length.</summary>
    static abstract bool IsBigEndian { get; }

    static abstract ReadOnlySpan<uint> InitialState { get; }

    /// <summary>Adds one block to the state; <paramref name="words"/> holds its 16 words and is used up.</summary>
    static abstract void Compress<TOps, TVector>(TVector* state, TVector* words)
        where TOps : ILaneOps<TVector>
        where TVector : unmanaged;
}
