using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>The attributes of one transform of phase 2 as they were read; 0 for those that are not there.</summary>
/// <param name="KeyBits">Length of the cipher's key.</param>
/// <param name="Authentication">Keyed hash.</param>
/// <param name="Group">Diffie-Hellman group.</param>
/// <param name="Mode">Encapsulation mode.</param>
/// <param name="Extended">Kind of sequence numbers.</param>
/// <param name="Seconds">Lifetime; null where there is none.</param>
/// <param name="Kilobytes">Lifetime; 0 where there is none.</param>
/// <param name="IsStrange">Something is in it that nobody here could keep to.</param>
internal readonly record struct OfferedPhase2(
    ulong KeyBits, ulong Authentication, ulong Group, ulong Mode, ulong Extended, ulong? Seconds, ulong Kilobytes, bool IsStrange)
{
    /// <summary>Sequence numbers of 64 bits, the only other kind that there is (RFC 4304).</summary>
    public const ulong ExtendedNumbers = 1;

    /// <summary>Numbers of 64 bits are offered.</summary>
    public bool IsExtended => Extended == ExtendedNumbers;

    /// <summary>Reads a transform.</summary>
    public static OfferedPhase2 Read(TransformPayload transform)
    {
        ulong keyBits = 0, authentication = 0, group = 0, mode = 0, extended = 0, lifeType = 0, kilobytes = 0;
        ulong? seconds = null;
        bool strange = false;
        foreach ((ushort type, ulong value) in transform.Attributes)
        {
            switch ((Phase2Attribute)type)
            {
                case Phase2Attribute.KeyLength: keyBits = value; break;
                case Phase2Attribute.Authentication: authentication = value; break;
                case Phase2Attribute.Group: group = value; break;
                case Phase2Attribute.EncapsulationMode: mode = value; break;
                case Phase2Attribute.LifeType: lifeType = value; break;
                case Phase2Attribute.LifeDuration when lifeType == (ulong)LifeType.Seconds: seconds = value; break;
                case Phase2Attribute.LifeDuration when lifeType == (ulong)LifeType.Kilobytes: kilobytes = value; break;
                case Phase2Attribute.LifeDuration: break;
                case Phase2Attribute.ExtendedSequence:
                    extended = value;
                    strange |= value != ExtendedNumbers;
                    break;
                default: strange = true; break;
            }
        }

        return new(keyBits, authentication, group, mode, extended, seconds, kilobytes, strange);
    }
}
