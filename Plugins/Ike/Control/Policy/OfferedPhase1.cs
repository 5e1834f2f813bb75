using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control.Policy;

/// <summary>The attributes of one transform of phase 1 as they were read; 0 for those that are not there.</summary>
/// <param name="Cipher">Encryption algorithm.</param>
/// <param name="KeyBits">Its key's length.</param>
/// <param name="Hash">Hash algorithm.</param>
/// <param name="Method">Authentication method.</param>
/// <param name="Group">Diffie-Hellman group.</param>
/// <param name="Seconds">Lifetime; null where there is none.</param>
/// <param name="IsStrange">Something is in it that nobody here could keep to.</param>
internal readonly record struct OfferedPhase1(ulong Cipher, ulong KeyBits, ulong Hash, ulong Method, ulong Group, ulong? Seconds, bool IsStrange)
{
    /// <summary>Reads a transform.</summary>
    public static OfferedPhase1 Read(ProposalPayload proposal, TransformPayload transform)
    {
        ulong cipher = 0, keyBits = 0, hash = 0, method = 0, group = 0, lifeType = 0;
        ulong? seconds = null;
        bool strange = proposal.Protocol != SecurityProtocol.Isakmp || transform.Id != 1;
        foreach ((ushort type, ulong value) in transform.Attributes)
        {
            switch ((Phase1Attribute)type)
            {
                case Phase1Attribute.Encryption: cipher = value; break;
                case Phase1Attribute.KeyLength: keyBits = value; break;
                case Phase1Attribute.Hash: hash = value; break;
                case Phase1Attribute.Authentication: method = value; break;
                case Phase1Attribute.Group: group = value; break;
                case Phase1Attribute.GroupType: strange |= value != 1; break;
                case Phase1Attribute.LifeType: lifeType = value; break;
                case Phase1Attribute.LifeDuration when lifeType == (ulong)LifeType.Seconds: seconds = value; break;
                case Phase1Attribute.LifeDuration: break;
                // A pseudo random function or anything newer: not ours to guess.
                default: strange = true; break;
            }
        }

        return new(cipher, keyBits, hash, method, group, seconds, strange);
    }
}
