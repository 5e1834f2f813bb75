using System.Buffers.Binary;

namespace RouterOS.Ike.Crypto;

/// <summary>Numbers as the bytes that go into hashes and messages.</summary>
internal static class Bytes
{
    public static byte[] Of(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    public static byte[] Of(ulong first, ulong second)
    {
        byte[] bytes = new byte[16];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, first);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), second);
        return bytes;
    }
}
