using System.Security.Cryptography;
using RouterOS.Ike.Control.Machines;
using RouterOS.Ike.Control.State;

namespace RouterOS.Ike.Control;

/// <summary>The inbound and outbound SA that one quick mode made.</summary>
internal sealed class IpsecSaPair(IpsecSaPairState state)
{
    /// <summary>The part that survives the process.</summary>
    public IpsecSaPairState State { get; } = state;

    public SaPairState Life { get; set; }

    /// <summary>Timers of the lifetime.</summary>
    public List<IDisposable> Timers { get; } = [];

    /// <summary>True when it may send: quick mode is complete and it has not ended.</summary>
    public bool IsUsable => Life is SaPairState.Mature or SaPairState.Dying or SaPairState.Replaced;

    /// <summary>Overwrites the keys.</summary>
    public void Zero()
    {
        CryptographicOperations.ZeroMemory(State.InboundCipherKey);
        CryptographicOperations.ZeroMemory(State.InboundMacKey);
        CryptographicOperations.ZeroMemory(State.OutboundCipherKey);
        CryptographicOperations.ZeroMemory(State.OutboundMacKey);
    }
}
