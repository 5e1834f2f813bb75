namespace RouterOS.Core.Configuration.Junos;

/// <summary>Kinds of tokens in Junos text.</summary>
internal enum JunosTokenKind
{
    /// <summary>A word without quotes.</summary>
    Word,

    /// <summary>A text in quotes, its escapes resolved.</summary>
    Quoted,

    /// <summary>A comment between slash and star, its marks removed.</summary>
    Comment,

    /// <summary>Opening brace.</summary>
    Open,

    /// <summary>Closing brace.</summary>
    Close,

    /// <summary>Semicolon.</summary>
    Semicolon,

    /// <summary>Opening bracket.</summary>
    ListOpen,

    /// <summary>Closing bracket.</summary>
    ListClose,

    /// <summary>End of the text.</summary>
    End,
}
