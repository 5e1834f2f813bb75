using System.ComponentModel;

namespace RouterOS.Forwarding.Local;

/// <summary>Why a packet for the control plane was dropped.</summary>
public enum PuntDrop
{
    /// <summary>The channel had its share of packets per second.</summary>
    [Description("The channel had its share of packets per second.")]
    ChannelRate,

    /// <summary>The source had its share of the channel's packets per second.</summary>
    [Description("The source had its share of the channel's packets per second.")]
    SourceRate,

    /// <summary>Addresses that nobody knows had their share of the channel's packets per second.</summary>
    [Description("Addresses that nobody knows had their share of the channel's packets per second.")]
    StrangerRate,

    /// <summary>The packet could not be read as what its channel says.</summary>
    [Description("The packet could not be read as what its channel says.")]
    Malformed,
}
