namespace RouterOS.Srx.Layouts;

/// <summary>How much of an interface is printed.</summary>
internal enum InterfaceDetail
{
    /// <summary>Without counters.</summary>
    Brief,

    /// <summary>With the main counters.</summary>
    Standard,

    /// <summary>All of it.</summary>
    Detail,
}
