namespace RouterOS.Sdk.Configuration;

/// <summary>What the router does with a statement; a greater value is worse.</summary>
public enum VerdictKind
{
    /// <summary>Done as written.</summary>
    Applied,

    /// <summary>The same effect by other means.</summary>
    Equivalent,

    /// <summary>No effect here, and none is missed.</summary>
    Ignored,

    /// <summary>Cannot be done: a commit that holds the statement fails.</summary>
    Refused,
}
