using RouterOS.Ike.Wire;

namespace RouterOS.Ike.Control;

/// <summary>Messages of which some fragments have come: bounded in number, size and age, for nobody has proved anything yet.</summary>
internal sealed class FragmentBook(Func<DateTimeOffset> now)
{
    /// <summary>Messages that are incomplete at the same time, in all; the oldest gives way.</summary>
    public const int MaximumMessages = 64;

    /// <summary>Of those, from one address.</summary>
    public const int MaximumOfSource = 4;

    private const int MaximumFragments = 64;

    private static readonly TimeSpan s_age = TimeSpan.FromSeconds(15);

    // Oldest first.
    private readonly LinkedList<Partial> _messages = new();

    /// <summary>Messages that wait for fragments.</summary>
    public int Count => _messages.Count;

    /// <summary>Takes a fragment; returns the message that it completes. A second fragment of one number changes nothing.</summary>
    public byte[]? Take(PeerEndpoints ends, IsakmpHeader header, out bool accepted)
    {
        accepted = false;
        if (!PayloadChain.TryParse(header.NextPayload, header.Body, out PayloadChain chain, out _)
            || !chain.TryFindOnly(PayloadType.Fragment, out Payload payload)
            || !FragmentPayload.TryParse(payload.Body, out FragmentPayload fragment, out _) || fragment.Number > MaximumFragments)
        {
            return null;
        }

        Forget();
        Partial partial = Find(ends, header.InitiatorCookie, fragment.Id);
        accepted = partial.Take(fragment);
        byte[]? whole = accepted ? partial.Whole() : null;
        if (whole is not null || !accepted)
        {
            _ = _messages.Remove(partial);
        }

        return whole;
    }

    private void Forget()
    {
        while (_messages.First is { } oldest && now() - oldest.Value.Started > s_age)
        {
            _messages.RemoveFirst();
        }
    }

    private Partial Find(PeerEndpoints ends, ulong cookie, ushort id)
    {
        int ofSource = 0;
        LinkedListNode<Partial>? oldest = null;
        for (LinkedListNode<Partial>? node = _messages.First; node is not null; node = node.Next)
        {
            if (node.Value.Ends == ends && node.Value.Cookie == cookie && node.Value.Id == id)
            {
                return node.Value;
            }

            if (node.Value.Ends.Remote == ends.Remote)
            {
                ofSource++;
                oldest ??= node;
            }
        }

        if (ofSource >= MaximumOfSource)
        {
            _messages.Remove(oldest!);
        }
        else if (_messages.Count >= MaximumMessages)
        {
            _messages.RemoveFirst();
        }

        return _messages.AddLast(new Partial(ends, cookie, id, now())).Value;
    }

    private sealed class Partial(PeerEndpoints ends, ulong cookie, ushort id, DateTimeOffset started)
    {
        private readonly SortedDictionary<byte, byte[]> _parts = [];
        private int _bytes;
        private int _last = byte.MaxValue;

        public PeerEndpoints Ends => ends;

        public ulong Cookie => cookie;

        public ushort Id => id;

        public DateTimeOffset Started => started;

        // False: the fragments contradict each other or are too much, and all of them go.
        public bool Take(FragmentPayload fragment)
        {
            if (_parts.ContainsKey(fragment.Number))
            {
                return true;
            }

            if (fragment.IsLast)
            {
                if (_last != byte.MaxValue)
                {
                    return false;
                }

                _last = fragment.Number;
            }

            _bytes += fragment.Part.Length;
            _parts[fragment.Number] = fragment.Part.ToArray();
            return _bytes <= IsakmpHeader.MaximumMessage && _parts.Keys.Max() <= _last;
        }

        public byte[]? Whole() => _parts.Count == _last ? [.. _parts.Values.SelectMany(p => p)] : null;
    }
}
