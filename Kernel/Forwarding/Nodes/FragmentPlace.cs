namespace RouterOS.Forwarding.Nodes;

/// <summary>Where a fragment belongs in its datagram.</summary>
/// <param name="HeaderBytes">Bytes in front of the fragment's data.</param>
/// <param name="Offset">Where its data belongs in the whole, in bytes.</param>
/// <param name="Bytes">Bytes of data.</param>
/// <param name="IsLast">No more fragments follow.</param>
internal readonly record struct FragmentPlace(int HeaderBytes, int Offset, int Bytes, bool IsLast);
