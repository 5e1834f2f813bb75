using System.ComponentModel;

namespace RouterOS.Forwarding.Local;

/// <summary>Why a packet from the control plane was not sent; the names are those of the events on table "inject".</summary>
public enum InjectDrop
{
    /// <summary>There is no route to the destination.</summary>
    [Description("There is no route to the destination.")]
    NoRoute,

    /// <summary>The egress interface is down.</summary>
    [Description("The egress interface is down.")]
    InterfaceDown,

    /// <summary>The route leads into the very tunnel that the packet builds.</summary>
    [Description("The route leads into the very tunnel that the packet builds.")]
    TunnelLoop,

    /// <summary>The router has no address to send from.</summary>
    [Description("The router has no address to send from.")]
    NoSource,

    /// <summary>The packet is larger than any buffer.</summary>
    [Description("The packet is larger than any buffer.")]
    TooLong,

    /// <summary>No buffer was free.</summary>
    [Description("No buffer was free.")]
    NoBuffer,
}
