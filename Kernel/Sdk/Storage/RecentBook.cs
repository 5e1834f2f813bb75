using System.Diagnostics.CodeAnalysis;

namespace RouterOS.Sdk.Storage;

/// <summary>
/// What is known of the last keys, where strangers choose the keys: one too many takes the place of the one that was written longest ago.
/// Each operation takes the same time however full the book is. Not thread-safe.
/// </summary>
/// <param name="capacity">Keys that are known at the same time, at least 1.</param>
/// <typeparam name="TKey">What is known by.</typeparam>
/// <typeparam name="TValue">What is known.</typeparam>
public sealed class RecentBook<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<KeyValuePair<TKey, TValue>>> _nodes = [];
    private readonly LinkedList<KeyValuePair<TKey, TValue>> _byAge = new();

    /// <summary>Keys that are known.</summary>
    public int Count => _nodes.Count;

    /// <summary>Finds what is known of a key; looking does not make it younger.</summary>
    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        bool known = _nodes.TryGetValue(key, out LinkedListNode<KeyValuePair<TKey, TValue>>? node);
        value = known ? node!.Value.Value : default;
        return known;
    }

    /// <summary>Writes what is known of a key, which becomes the youngest.</summary>
    public void Set(TKey key, TValue value)
    {
        if (_nodes.TryGetValue(key, out LinkedListNode<KeyValuePair<TKey, TValue>>? node))
        {
            _byAge.Remove(node);
            node.Value = KeyValuePair.Create(key, value);
        }
        else if (_nodes.Count >= Math.Max(1, capacity))
        {
            // The oldest one's place, so that a flood makes no garbage.
            node = _byAge.First!;
            _byAge.RemoveFirst();
            _ = _nodes.Remove(node.Value.Key);
            node.Value = KeyValuePair.Create(key, value);
            _nodes[key] = node;
        }
        else
        {
            _nodes[key] = node = new(KeyValuePair.Create(key, value));
        }

        _byAge.AddLast(node);
    }

    /// <summary>Forgets a key; false when it was not known.</summary>
    public bool Remove(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        bool known = _nodes.Remove(key, out LinkedListNode<KeyValuePair<TKey, TValue>>? node);
        value = known ? node!.Value.Value : default;
        if (known)
        {
            _byAge.Remove(node!);
        }

        return known;
    }
}
