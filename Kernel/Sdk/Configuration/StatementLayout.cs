namespace RouterOS.Sdk.Configuration;

/// <summary>How a container or a list entry is written in hierarchical text.</summary>
public enum StatementLayout
{
    /// <summary>Braces and one line per child.</summary>
    Block,

    /// <summary>Always on one line: <c>local-identity inet 192.0.2.1;</c>.</summary>
    Line,

    /// <summary>On one line when it holds a single leaf or flag: <c>route 10.0.0.0/8 next-hop 192.0.2.1;</c>.</summary>
    LineWhenSingle,

    /// <summary>Its keyword stands before each child's: <c>family inet { … }</c>.</summary>
    Joined,
}
