namespace RouterOS.Sdk.Configuration.Scripts;

/// <summary>What the <c>no</c> form of a command does.</summary>
public enum ScriptNo
{
    /// <summary>It removes what the command has made, so that the default holds again.</summary>
    Removes,

    /// <summary>The default is what the command says: <c>no</c> is what is kept, and the command itself removes it.</summary>
    Kept,

    /// <summary>There is none.</summary>
    None,
}
