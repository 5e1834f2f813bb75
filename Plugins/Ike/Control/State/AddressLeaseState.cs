namespace RouterOS.Ike.Control.State;

/// <summary>An address of a pool and whose it is, as it survives the process.</summary>
internal sealed record AddressLeaseState(string Pool, uint Address, string User, string Identity, string Gateway, string Peer);
