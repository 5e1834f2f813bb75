using Google.Protobuf;
using RouterOS.Proto.Module.V1;

namespace RouterOS.Core.Tables;

/// <summary>A row, or an end of sync, on its way to a module that has attached: a request is made of it when its turn comes.</summary>
/// <param name="Writer">Who wrote it.</param>
/// <param name="Row">The row; null: the end of sync.</param>
/// <param name="Value">The row's content of the moment of attaching: later ones follow in their own order.</param>
/// <param name="Version">What its reply acknowledges; 0: nothing by itself.</param>
/// <param name="AllWriters">Nobody has rows left to send.</param>
internal readonly record struct ResentRow(string Writer, JournalRow? Row, byte[] Value, ulong Version, bool AllWriters)
{
    /// <summary>The request that tells the module.</summary>
    public ProgramRequest ToRequest() => Row is null
        ? new() { Writer = Writer, Version = Version, EndOfSync = new() { AllWriters = AllWriters } }
        : new() { Writer = Writer, Version = Version, Set = new() { Table = Row.Table, Key = Row.Key, Value = UnsafeByteOperations.UnsafeWrap(Value) } };
}
