using System.Buffers.Binary;
using RouterOS.Ike.Wire;

namespace RouterOS.Fuzz.Ike;

/// <summary>
/// Changes one payload of a message and keeps the rest of it sound, so that the change gets past the framing: its body differs, is empty
/// or cut, or the payload is doubled, missing, or there where nobody expects it.
/// </summary>
internal sealed class PayloadMutator
{
    private readonly Dictionary<PayloadType, List<byte[]>> _bodies = [];
    private readonly ByteMutator _bytes = new(Corpus.Bytes("isakmp-chain"));

    public PayloadMutator()
    {
        foreach (byte[] entry in Corpus.Bytes("isakmp-chain"))
        {
            foreach ((PayloadType type, byte[] body) in Split((PayloadType)entry[0], entry.AsSpan(1)) ?? [])
            {
                Bodies(type).Add(body);
            }
        }

        Bodies(PayloadType.Notification).AddRange(Corpus.Bytes("isakmp-notification"));
        Bodies(PayloadType.Delete).AddRange(Corpus.Bytes("isakmp-delete"));
        Bodies(PayloadType.Attributes).AddRange(Corpus.Bytes("isakmp-transaction"));
        Bodies(PayloadType.Identification).AddRange(Corpus.Bytes("isakmp-identification"));
        Bodies(PayloadType.Proposal).AddRange(Corpus.Bytes("isakmp-proposal"));
        Bodies(PayloadType.Transform).AddRange(Corpus.Bytes("isakmp-transform"));
        Bodies(PayloadType.Fragment).AddRange(Corpus.Bytes("isakmp-fragment"));
    }

    /// <summary>Every payload that the registry knows, and one that it does not.</summary>
    public static IReadOnlyList<PayloadType> Types { get; } = [.. Enum.GetValues<PayloadType>().Where(t => t != PayloadType.None), (PayloadType)99];

    /// <summary>A message in the clear with one payload changed.</summary>
    public byte[] Message(byte[] message, PayloadType wanted, FuzzRandom random)
    {
        List<(PayloadType Type, byte[] Body)>? chain = Split((PayloadType)message[IsakmpHeader.NextPayloadOffset], message.AsSpan(IsakmpHeader.Length));
        Assert.NotNull(chain);
        Change(chain, wanted, 0, random);
        byte[] body = Join(chain, random);
        byte[] changed = [.. message[..IsakmpHeader.Length], .. body];
        changed[IsakmpHeader.NextPayloadOffset] = (byte)(chain.Count == 0 ? PayloadType.None : chain[0].Type);
        BinaryPrimitives.WriteUInt32BigEndian(changed.AsSpan(IsakmpHeader.LengthOffset), (uint)changed.Length);
        return changed;
    }

    /// <summary>
    /// A text that will be encrypted, with one payload changed: its length and its first payload's type stay, because the header and the
    /// blocks of the cipher have been made already.
    /// </summary>
    public byte[] Text(PayloadType first, byte[] text, PayloadType wanted, FuzzRandom random)
    {
        List<(PayloadType Type, byte[] Body)>? chain = Split(first, text);
        if (chain is null)
        {
            return text;
        }

        Change(chain, wanted, 1, random);
        // A payload more: another one makes room.
        while (chain.Count > 2 && chain.Sum(p => p.Body.Length + PayloadChain.GenericHeader) > text.Length)
        {
            int at = 1 + random.Next(chain.Count - 1);
            if (chain[at].Type != wanted || chain.TrueForAll(p => p.Type == wanted || p.Type == first))
            {
                chain.RemoveAt(at);
            }
        }

        byte[] changed = Join(chain, random);
        Array.Resize(ref changed, text.Length);
        return changed;
    }

    private static List<(PayloadType Type, byte[] Body)>? Split(PayloadType first, ReadOnlySpan<byte> bytes)
    {
        if (!PayloadChain.TryParse(first, bytes, out PayloadChain chain, out _))
        {
            return null;
        }

        List<(PayloadType, byte[])> payloads = [];
        foreach (Payload payload in chain)
        {
            payloads.Add((payload.Type, payload.Body.ToArray()));
        }

        return payloads;
    }

    // Once in a while one length lies.
    private static byte[] Join(List<(PayloadType Type, byte[] Body)> chain, FuzzRandom random)
    {
        List<byte> bytes = [];
        int liar = random.OneIn(10) ? random.Next(chain.Count) : -1;
        for (int i = 0; i < chain.Count; i++)
        {
            int length = chain[i].Body.Length + PayloadChain.GenericHeader + (i == liar ? random.Next(9) - 4 : 0);
            bytes.AddRange([(byte)(i + 1 < chain.Count ? chain[i + 1].Type : PayloadType.None), 0, (byte)(length >> 8), (byte)length, .. chain[i].Body]);
        }

        return [.. bytes];
    }

    // The first payloads, up to `kept`, stay in their place.
    private void Change(List<(PayloadType Type, byte[] Body)> chain, PayloadType wanted, int kept, FuzzRandom random)
    {
        int at = chain.FindLastIndex(p => p.Type == wanted);
        if (at < 0)
        {
            byte[] body = Bodies(wanted).Count > 0 ? random.Pick(Bodies(wanted)) : new byte[random.Next(64)];
            chain.Insert(kept + random.Next(chain.Count - kept + 1), (wanted, random.OneIn(2) ? body : Mutated(body, random)));
            return;
        }

        byte[] old = chain[at].Body;
        switch (random.Next(8))
        {
            case 0:
                chain[at] = (wanted, []);
                break;
            case 1:
                chain[at] = (wanted, old[..random.Next(old.Length)]);
                break;
            case 2:
                chain.Insert(at + 1, chain[at]);
                break;
            case 3 when at >= kept:
                chain.RemoveAt(at);
                break;
            default:
                chain[at] = (wanted, Mutated(old, random));
                break;
        }
    }

    private byte[] Mutated(byte[] body, FuzzRandom random)
    {
        byte[] changed = body.Length == 0 ? new byte[random.Next(64)] : _bytes.Mutate(body, random);
        return changed.Length > 2_000 ? changed[..2_000] : changed;
    }

    private List<byte[]> Bodies(PayloadType type)
    {
        if (!_bodies.TryGetValue(type, out List<byte[]>? bodies))
        {
            _bodies.Add(type, bodies = []);
        }

        return bodies;
    }
}
