using RouterOS.Abstractions.Control;

namespace RouterOS.Unit.Crypto;

/// <summary>Bytes from a counter-driven mixer: the same in every run.</summary>
internal sealed class FixedRandom(ulong seed) : ISecureRandom
{
    private ulong _state = seed;

    public void Fill(Span<byte> destination)
    {
        foreach (ref byte value in destination)
        {
            _state += 0x9e3779b97f4a7c15;
            ulong mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
            value = (byte)(mixed >> 40);
        }
    }

    public byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        Fill(bytes);
        return bytes;
    }
}
