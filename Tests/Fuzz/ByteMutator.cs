using System.Buffers.Binary;

namespace RouterOS.Fuzz;

/// <summary>Makes hostile bytes out of sound ones: a few changes each, of the kinds that have broken parsers before.</summary>
internal sealed class ByteMutator(IReadOnlyList<byte[]> corpus)
{
    private const int MaximumChanges = 4;
    private const int MaximumBytes = 20_000;

    /// <summary>The next input: an entry of the corpus, changed.</summary>
    public byte[] Next(FuzzRandom random) => Mutate(random.Pick(corpus), random);

    /// <summary>Changes bytes; the input stays as it was.</summary>
    public byte[] Mutate(byte[] bytes, FuzzRandom random)
    {
        byte[] changed = [.. bytes];
        for (int left = random.Next(MaximumChanges); left >= 0; left--)
        {
            changed = Change(changed, random);
        }

        return changed.Length > MaximumBytes ? changed[..MaximumBytes] : changed;
    }

    private byte[] Change(byte[] bytes, FuzzRandom random)
    {
        int at = random.Next(bytes.Length);
        int size = Math.Min(1 + random.Next(16), bytes.Length - at);
        byte[] other = random.Pick(corpus);
        int from = random.Next(other.Length);
        switch (random.Next(11))
        {
            case 0:
                return bytes[..at];
            case 1:
                return [.. bytes, .. new byte[1 + random.Next(40)]];
            case 2:
                return [.. bytes[..at], .. bytes[(at + size)..]];
            case 3:
                return [.. bytes[..(at + size)], .. bytes[at..]];
            case 4:
                return [.. bytes[..at], .. other[from..]];
            case 5:
                return [.. bytes[..at], .. other[from..Math.Min(other.Length, from + size)], .. bytes[at..]];
            case 6 when bytes.Length > 0:
                bytes[at] = (byte)random.Edge();
                break;
            case 7 or 8 when bytes.Length >= at + 2:
                // A length field: a little more or less than it says, or just what is left.
                ushort length = BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(at));
                BinaryPrimitives.WriteUInt16BigEndian(
                    bytes.AsSpan(at), random.OneIn(3) ? (ushort)(bytes.Length - at) : random.OneIn(2) ? (ushort)random.Edge() : (ushort)(length + random.Next(9) - 4));
                break;
            case 9 when bytes.Length >= at + 4:
                BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), (uint)random.Edge());
                break;
            default:
                if (bytes.Length > 0)
                {
                    bytes[at] ^= (byte)(1 << random.Next(8));
                }

                break;
        }

        return bytes;
    }
}
