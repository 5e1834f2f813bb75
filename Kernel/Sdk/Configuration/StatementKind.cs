namespace RouterOS.Sdk.Configuration;

/// <summary>What a statement of the schema is made of.</summary>
public enum StatementKind
{
    /// <summary>A keyword with statements below: <c>security { … }</c>.</summary>
    Container,

    /// <summary>Entries told apart by their keys: <c>proposal p1 { … }</c>, <c>from-zone a to-zone b { … }</c>.</summary>
    List,

    /// <summary>A keyword with one value: <c>lifetime-seconds 600;</c>.</summary>
    Leaf,

    /// <summary>A keyword with values in order: <c>proposals [ p1 p2 ];</c>.</summary>
    LeafList,

    /// <summary>A keyword alone: <c>no-nat-traversal;</c>.</summary>
    Flag,

    /// <summary>A keyword with anything after and below it, kept as written.</summary>
    Opaque,
}
