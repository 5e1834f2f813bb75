namespace RouterOS.Core.Plugins;

/// <summary>What a plugin assembly offers; one assembly may offer several.</summary>
[Flags]
public enum PluginKind
{
    /// <summary>Nothing that this router knows.</summary>
    None = 0,

    /// <summary>The control half of a protocol, for the routing engine.</summary>
    Control = 1,

    /// <summary>A chassis family, for the routing engine.</summary>
    Platform = 2,

    /// <summary>Graph nodes, for modules.</summary>
    Nodes = 4,
}
