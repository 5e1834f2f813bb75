using RouterOS.Abstractions.Control;

namespace RouterOS.Unit.Ike.Simulation;

/// <summary>Bytes from a mixed counter (SplitMix64): the same for the same seed.</summary>
internal sealed class SimulatedRandom(ulong seed) : ISecureRandom
{
    private ulong _state = seed;

    public ulong Next()
    {
        _state += 0x9e3779b97f4a7c15;
        ulong mixed = (_state ^ (_state >> 30)) * 0xbf58476d1ce4e5b9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
        return mixed ^ (mixed >> 31);
    }

    public void Fill(Span<byte> destination)
    {
        foreach (ref byte value in destination)
        {
            value = (byte)(Next() >> 24);
        }
    }
}
