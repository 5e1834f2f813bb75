namespace RouterOS.L2tp.Wire;

/// <summary>One attribute-value pair, its value in clear.</summary>
/// <param name="IsMandatory">The message means nothing to who does not know the attribute.</param>
/// <param name="IsHidden">The value was hidden by the tunnel's secret.</param>
/// <param name="Vendor">SMI number; 0 for the IETF's.</param>
/// <param name="Type">Number of the attribute.</param>
/// <param name="Value">The value.</param>
internal readonly record struct Attribute(bool IsMandatory, bool IsHidden, ushort Vendor, ushort Type, byte[] Value);
