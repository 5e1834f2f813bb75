namespace RouterOS.Esp.Nodes;

/// <summary>The SAs that name one protection, linked in native memory.</summary>
internal unsafe struct SaList(SaRecords records)
{
    private SaRecord* _first;

    /// <summary>True when there is none.</summary>
    public readonly bool IsEmpty => _first == null;

    /// <summary>Adds an SA that is in no list.</summary>
    public void Add(SecurityAssociation sa)
    {
        records.DetailOf(sa.Record)->Next = _first;
        _first = sa.Record;
    }

    /// <summary>Takes an SA of this list out.</summary>
    public void Remove(SecurityAssociation sa)
    {
        SaRecord* next = records.DetailOf(sa.Record)->Next;
        if (_first == sa.Record)
        {
            _first = next;
            return;
        }

        for (SaRecord* at = _first; at != null; at = records.DetailOf(at)->Next)
        {
            if (records.DetailOf(at)->Next == sa.Record)
            {
                records.DetailOf(at)->Next = next;
            }
        }
    }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly Enumerator GetEnumerator() => new(records, _first);

    /// <summary>Steps from SA to SA.</summary>
    internal struct Enumerator(SaRecords records, SaRecord* first)
    {
        private SaRecord* _next = first;
        private SaRecord* _current;

        public readonly SecurityAssociation Current => new(records, _current);

        public bool MoveNext()
        {
            _current = _next;
            if (_current == null)
            {
                return false;
            }

            _next = records.DetailOf(_current)->Next;
            return true;
        }
    }
}
