using System.Buffers.Binary;
using System.Text;

namespace RouterOS.Radius.Wire;

/// <summary>Writes one packet; what does not fit any more is left out, and <see cref="IsWhole"/> says so.</summary>
internal sealed class RadiusWriter
{
    private const int MaximumValue = byte.MaxValue - RadiusPacket.AttributeHeaderBytes;
    private const int VendorHeaderBytes = 6;
    private const byte Tag = 0;

    private readonly byte[] _bytes = new byte[RadiusPacket.MaximumBytes];
    private int _length = RadiusPacket.HeaderBytes;

    public RadiusWriter(RadiusCode code, byte identifier, ReadOnlySpan<byte> authenticator)
    {
        _bytes[0] = (byte)code;
        _bytes[1] = identifier;
        authenticator.CopyTo(_bytes.AsSpan(RadiusPacket.AuthenticatorAt));
    }

    /// <summary>Where the value of the Message-Authenticator is; 0: nowhere.</summary>
    public int MessageAuthenticatorAt { get; private set; }

    /// <summary>Attributes that are not written; null: all are.</summary>
    public IReadOnlySet<RadiusType>? LeftOut { get; init; }

    /// <summary>Everything has found room.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>The packet with its length; it may still be changed in place.</summary>
    public byte[] Finish()
    {
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(2), (ushort)_length);
        return _bytes[.._length];
    }

    /// <summary>Keeps room for the Message-Authenticator.</summary>
    public void AddMessageAuthenticator()
    {
        MessageAuthenticatorAt = _length + RadiusPacket.AttributeHeaderBytes;
        Add(RadiusType.MessageAuthenticator, new byte[RadiusPacket.AuthenticatorBytes]);
    }

    /// <summary>Adds bytes.</summary>
    public void Add(RadiusType type, ReadOnlySpan<byte> value)
    {
        if (LeftOut?.Contains(type) == true)
        {
            return;
        }

        if (value.Length > MaximumValue || _length + RadiusPacket.AttributeHeaderBytes + value.Length > _bytes.Length)
        {
            IsWhole = false;
            return;
        }

        _bytes[_length] = (byte)type;
        _bytes[_length + 1] = (byte)(RadiusPacket.AttributeHeaderBytes + value.Length);
        value.CopyTo(_bytes.AsSpan(_length + RadiusPacket.AttributeHeaderBytes));
        _length += RadiusPacket.AttributeHeaderBytes + value.Length;
    }

    /// <summary>Adds a number or an address.</summary>
    public void Add(RadiusType type, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        Add(type, bytes);
    }

    /// <summary>Adds a text, unless it is empty; one that is too long is cut.</summary>
    public void Add(RadiusType type, string text)
    {
        if (text.Length > 0)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Add(type, bytes.AsSpan(0, Math.Min(bytes.Length, MaximumValue)));
        }
    }

    /// <summary>Adds a number with a tag, which takes its highest byte (RFC 2868 section 3.1).</summary>
    public void AddTagged(RadiusType type, uint value) => Add(type, ((uint)Tag << 24) | (value & 0xffffff));

    /// <summary>Adds a text with a tag, unless it is empty.</summary>
    public void AddTagged(RadiusType type, string text)
    {
        if (text.Length > 0)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            Add(type, [Tag, .. bytes.AsSpan(0, Math.Min(bytes.Length, MaximumValue - 1))]);
        }
    }

    /// <summary>Adds a vendor's attribute.</summary>
    public void Add(VendorType type, ReadOnlySpan<byte> value)
    {
        if (value.Length > MaximumValue - VendorHeaderBytes)
        {
            IsWhole = false;
            return;
        }

        byte[] bytes = new byte[VendorHeaderBytes + value.Length];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, (uint)type >> 8);
        bytes[4] = (byte)type;
        bytes[5] = (byte)(RadiusPacket.AttributeHeaderBytes + value.Length);
        value.CopyTo(bytes.AsSpan(VendorHeaderBytes));
        Add(RadiusType.VendorSpecific, bytes);
    }
}
