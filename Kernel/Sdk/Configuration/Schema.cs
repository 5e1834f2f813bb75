namespace RouterOS.Sdk.Configuration;

/// <summary>Words to declare a configuration language with: <c>using static RouterOS.Sdk.Configuration.Schema;</c>.</summary>
public static class Schema
{
    /// <summary>The top of a language.</summary>
    public static StatementSchema Root(params StatementSchema[] children) => Container(string.Empty, "Configuration", children);

    /// <summary>A keyword with statements below.</summary>
    public static StatementSchema Container(string name, string help, params StatementSchema[] children) =>
        new(StatementKind.Container, name, help) { Children = children };

    /// <summary>Entries with one key: <c>proposal p1 { … }</c>. An empty name declares an unnamed list: <c>interfaces { st0.0; }</c>.</summary>
    public static StatementSchema List(string name, string help, ValueSyntax key, params StatementSchema[] children) =>
        new(StatementKind.List, name, help) { Keys = [new KeySyntax(string.Empty, key)], Children = children };

    /// <summary>Entries with several keys: <c>from-zone a to-zone b { … }</c> has the keys ("", a) and ("to-zone", b).</summary>
    public static StatementSchema List(string name, string help, KeySyntax[] keys, params StatementSchema[] children) =>
        new(StatementKind.List, name, help) { Keys = keys, Children = children };

    /// <summary>A key of a list with several.</summary>
    public static KeySyntax Key(string keyword, ValueSyntax value) => new(keyword, value);

    /// <summary>A keyword with one value. An empty name declares an unnamed value: <c>address host1 192.0.2.1/32;</c>.</summary>
    public static StatementSchema Leaf(string name, string help, ValueSyntax value) =>
        new(StatementKind.Leaf, name, help) { Value = value };

    /// <summary>A keyword with values in order.</summary>
    public static StatementSchema LeafList(string name, string help, ValueSyntax value) =>
        new(StatementKind.LeafList, name, help) { Value = value };

    /// <summary>A keyword alone.</summary>
    public static StatementSchema Flag(string name, string help) => new(StatementKind.Flag, name, help);

    /// <summary>A keyword with anything after and below it, kept as written; give it a verdict.</summary>
    public static StatementSchema Anything(string name, string help) => new(StatementKind.Opaque, name, help);
}
