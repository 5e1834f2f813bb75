namespace RouterOS.Sdk.Network;

/// <summary>Logical interfaces as configured and as they are.</summary>
public interface IInterfaceView
{
    /// <summary>The interface of a full name (<c>ge-0/0/0.0</c>), or null.</summary>
    InterfaceState? Find(string name);

    /// <summary>The interface of an index, or null.</summary>
    InterfaceState? Find(uint index);

    /// <summary>The interface of a name in a routing instance, or null.</summary>
    InterfaceState? Find(uint instance, string name) =>
        All().FirstOrDefault(i => i.Instance == instance && (i.LocalName.Length > 0 ? i.LocalName : i.Name) == name);

    /// <summary>Number of the routing instance of a name, of which the main one's and the empty one give 0; null where there is none.</summary>
    uint? FindInstance(string name) => string.IsNullOrEmpty(name) ? 0 : null;

    /// <summary>All interfaces, by index.</summary>
    IReadOnlyList<InterfaceState> All();

    /// <summary>Calls <paramref name="handler"/> on the subscriber's strand after interfaces or addresses have changed.</summary>
    void Subscribe(Action handler);

    /// <summary>
    /// Says of tunnels whether their link is up: without a word it is. Many at a time, for routes are worked out again. What was said of an
    /// interface holds until something else is said, also while the interface is not configured.
    /// </summary>
    void ReportLinks(IReadOnlyDictionary<string, bool> links)
    {
    }
}
