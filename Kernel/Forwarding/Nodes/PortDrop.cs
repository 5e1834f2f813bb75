using System.ComponentModel;

namespace RouterOS.Forwarding.Nodes;

/// <summary>Why a frame was dropped at a port.</summary>
internal enum PortDrop
{
    /// <summary>No logical interface lies on the port, or it is down.</summary>
    [Description("No logical interface lies on the port, or it is down.")]
    NoInterface,

    /// <summary>The frame is shorter than its link header.</summary>
    [Description("The frame is shorter than its link header.")]
    Truncated,

    /// <summary>The frame is for another station.</summary>
    [Description("The frame is for another station.")]
    OtherStation,

    /// <summary>The frame carries a protocol that the router does not speak.</summary>
    [Description("The frame carries a protocol that the router does not speak.")]
    UnknownProtocol,

    /// <summary>The port did not take the frame.</summary>
    [Description("The port did not take the frame.")]
    TransmitRefused,

    /// <summary>No interface of the port is in the frame's VLAN, or it is down.</summary>
    [Description("No interface of the port is in the frame's VLAN, or it is down.")]
    UnknownVlan,
}
