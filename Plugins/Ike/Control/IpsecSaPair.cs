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

    /// <summary>Since when its twin is the one that both sides prefer; null where that is not so.</summary>
    public DateTimeOffset? RedundantSince { get; set; }

    /// <summary>Timers of the lifetime.</summary>
    public List<IDisposable> Timers { get; } = new(1);

    /// <summary>True when it may send: quick mode is complete and it has not ended.</summary>
    public bool IsUsable => Life is SaPairState.Mature or SaPairState.Dying or SaPairState.Replaced;

    /// <summary>When it can be used no more: its hard life, or earlier where traffic uses its bytes up.</summary>
    public DateTimeOffset End { get; private set; } = state.Hard;

    /// <summary>Its soft byte limit is met.</summary>
    public bool IsNearlyUsedUp { get; private set; }

    /// <summary>Of the bytes that it could send after its soft limit a quarter is left: its successor cannot send soon enough.</summary>
    public bool IsLate { get; set; }

    /// <summary>When it began to send, or where it does not, when it was made.</summary>
    public DateTimeOffset Since { get; set; } = state.Created;

    /// <summary>Its soft byte limit is met: at the rate so far, the hard one will be met when?</summary>
    public void ExpectEnd(DateTimeOffset now)
    {
        IsNearlyUsedUp = true;
        if (State.HardBytes > State.SoftBytes && State.SoftBytes > 0)
        {
            DateTimeOffset usedUp = now + ((now - Since) * ((double)(State.HardBytes - State.SoftBytes) / State.SoftBytes));
            End = usedUp < End ? usedUp : End;
        }
    }

    /// <summary>Bytes a second that its traffic has at most while a successor is made; 0 without a byte limit.</summary>
    public double RateAt(DateTimeOffset now) => State.SoftBytes / Math.Max(0.1, (now - Since).TotalSeconds);

    /// <summary>Both sides began at once: neither pair is the successor of the other one.</summary>
    public bool HasCrossed(IpsecSaPair other) => State.IsInitiator != other.State.IsInitiator
        && State.Created >= other.State.Started && other.State.Created >= State.Started && State.Selector() == other.State.Selector();

    /// <summary>Overwrites the keys.</summary>
    public void Zero()
    {
        CryptographicOperations.ZeroMemory(State.InboundCipherKey);
        CryptographicOperations.ZeroMemory(State.InboundMacKey);
        CryptographicOperations.ZeroMemory(State.OutboundCipherKey);
        CryptographicOperations.ZeroMemory(State.OutboundMacKey);
        CryptographicOperations.ZeroMemory(State.AroundInboundKey);
        CryptographicOperations.ZeroMemory(State.AroundOutboundKey);
    }
}
