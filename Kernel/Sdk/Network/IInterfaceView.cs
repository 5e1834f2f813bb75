namespace RouterOS.Sdk.Network;

/// <summary>Logical interfaces as configured and as they are.</summary>
public interface IInterfaceView
{
    /// <summary>The interface of a full name (<c>ge-0/0/0.0</c>), or null.</summary>
    InterfaceState? Find(string name);

    /// <summary>The interface of an index, or null.</summary>
    InterfaceState? Find(uint index);

    /// <summary>All interfaces, by index.</summary>
    IReadOnlyList<InterfaceState> All();

    /// <summary>Calls <paramref name="handler"/> on the subscriber's strand after interfaces or addresses have changed.</summary>
    void Subscribe(Action handler);
}
