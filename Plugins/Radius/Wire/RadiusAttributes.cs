using System.Buffers.Binary;

namespace RouterOS.Radius.Wire;

/// <summary>Walks attributes that <see cref="RadiusPacket.TryParse"/> has checked.</summary>
/// <remarks>A vendor's attribute that is not made of type, length and value (RFC 2865 section 5.26 only recommends it) is passed over.</remarks>
internal ref struct RadiusAttributes(ReadOnlySpan<byte> bytes)
{
    private const int VendorBytes = 4;

    private ReadOnlySpan<byte> _left = bytes;
    private ReadOnlySpan<byte> _ofVendor;
    private uint _vendor;

    /// <summary>The attribute that was reached.</summary>
    public RadiusAttribute Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly RadiusAttributes GetEnumerator() => this;

    /// <summary>Goes on to the next one.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            if (_ofVendor.Length >= RadiusPacket.AttributeHeaderBytes && _ofVendor[1] >= RadiusPacket.AttributeHeaderBytes
                && _ofVendor[1] <= _ofVendor.Length)
            {
                Current = new((_vendor << 8) | _ofVendor[0], _ofVendor[RadiusPacket.AttributeHeaderBytes.._ofVendor[1]]);
                _ofVendor = _ofVendor[_ofVendor[1]..];
                return true;
            }

            _ofVendor = default;
            if (_left.IsEmpty)
            {
                return false;
            }

            byte type = _left[0];
            ReadOnlySpan<byte> value = _left[RadiusPacket.AttributeHeaderBytes.._left[1]];
            _left = _left[_left[1]..];
            if (type != (byte)RadiusType.VendorSpecific)
            {
                Current = new(type, value);
                return true;
            }

            if (value.Length > VendorBytes && value[0] == 0)
            {
                _vendor = BinaryPrimitives.ReadUInt32BigEndian(value);
                _ofVendor = value[VendorBytes..];
            }
        }
    }
}

/// <summary>One attribute.</summary>
internal readonly ref struct RadiusAttribute(uint number, ReadOnlySpan<byte> value)
{
    /// <summary>Its type; of a vendor's <see cref="VendorType"/>, with the vendor in front.</summary>
    public uint Number { get; } = number;

    /// <summary>What it says.</summary>
    public ReadOnlySpan<byte> Value { get; } = value;

    /// <summary>Its type where it is no vendor's, else 0.</summary>
    public RadiusType Type => Number <= byte.MaxValue ? (RadiusType)Number : 0;

    /// <summary>True when it is a number or an address: four bytes.</summary>
    public bool IsInteger => Value.Length == 4;

    /// <summary>The number or the address; of anything else 0.</summary>
    public uint Integer => IsInteger ? BinaryPrimitives.ReadUInt32BigEndian(Value) : 0;

    /// <summary>The text, without what a terminal would obey.</summary>
    public string Text => string.Concat(System.Text.Encoding.UTF8.GetString(Value).Where(c => !char.IsControl(c)));
}
