using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>The traffic that a pair of phase 2 SAs carries, seen from this router.</summary>
internal readonly record struct ProxyIdentity(AddressRange Local, AddressRange Remote, byte Protocol, ushort LocalPort, ushort RemotePort)
{
    /// <summary>Body of the identification payload of our side.</summary>
    public byte[] LocalBody() => Local.ToIdentity(Protocol, LocalPort);

    /// <summary>Body of the identification payload of the peer's side.</summary>
    public byte[] RemoteBody() => Remote.ToIdentity(Protocol, RemotePort);

    /// <summary>Reads what a peer asks for; false when it is no range of addresses, or families or protocols differ.</summary>
    public static bool TryRead(IdentificationPayload local, IdentificationPayload remote, out ProxyIdentity identity)
    {
        identity = default;
        if (!AddressRange.TryRead(local, out AddressRange localRange) || !AddressRange.TryRead(remote, out AddressRange remoteRange)
            || localRange.IsVersion6 != remoteRange.IsVersion6 || local.Protocol != remote.Protocol)
        {
            return false;
        }

        identity = new ProxyIdentity(localRange, remoteRange, local.Protocol, local.Port, remote.Port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"local {Local} remote {Remote}" + (Protocol == 0 ? string.Empty : $" protocol {Protocol} ports {LocalPort} and {RemotePort}");
}
