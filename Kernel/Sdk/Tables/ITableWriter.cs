using Google.Protobuf;

namespace RouterOS.Sdk.Tables;

/// <summary>One writer's rows in the modules' tables, in one ordered journal.</summary>
/// <remarks>
/// The kernel keeps a copy of every row and sends it again when a module restarts. After a restart of the routing engine the writer
/// writes its rows again and calls <see cref="EndOfSync"/>: rows that it did not write again are then removed from the modules.
/// </remarks>
public interface ITableWriter
{
    /// <summary>Puts a row in place and returns its version. Writing an equal row again changes nothing in the module.</summary>
    ulong Set(string table, string key, IMessage row);

    /// <summary>Removes a row and returns the version of the removal.</summary>
    ulong Remove(string table, string key);

    /// <summary>Says that everything this writer wants has been written since it started.</summary>
    void EndOfSync();

    /// <summary>Completes when every attached module has the given version in force; its result is null, or why a row was refused.</summary>
    Task<string?> Acknowledged(ulong version);
}
