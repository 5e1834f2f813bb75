namespace RouterOS.L2tp.Control;

/// <summary>Sessions of a tunnel by our number: nearly every tunnel has one, and needs no dictionary for it.</summary>
internal struct SessionSet
{
    private L2tpSession? _only;
    private Dictionary<ushort, L2tpSession>? _more;

    public readonly int Count => _more?.Count ?? (_only is null ? 0 : 1);

    public readonly IReadOnlyCollection<L2tpSession> All => _more is not null ? _more.Values : _only is not null ? [_only] : [];

    public readonly L2tpSession? Find(ushort number) => _more is not null ? _more.GetValueOrDefault(number) : _only?.LocalId == number ? _only : null;

    public void Add(L2tpSession session)
    {
        if (_more is null && _only is null)
        {
            _only = session;
            return;
        }

        _more ??= new() { [_only!.LocalId] = _only };
        _more.Add(session.LocalId, session);
    }

    public bool Remove(ushort number)
    {
        if (_more is not null)
        {
            return _more.Remove(number);
        }

        bool isThere = _only?.LocalId == number;
        _only = isThere ? null : _only;
        return isThere;
    }
}
