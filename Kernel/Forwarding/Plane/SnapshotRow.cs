namespace RouterOS.Forwarding.Plane;

/// <summary>One row of run-time state.</summary>
/// <param name="Key">The row's key.</param>
/// <param name="Value">A protobuf message of the table's contract, in wire form.</param>
public readonly record struct SnapshotRow(string Key, byte[] Value);
