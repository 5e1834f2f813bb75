namespace RouterOS.Core.Tables;

/// <summary>A row that a module could not program.</summary>
/// <param name="Writer">Whose row it is.</param>
/// <param name="Table">Its table.</param>
/// <param name="Key">Its key.</param>
/// <param name="Reason">The module's words.</param>
public sealed record RefusedRow(string Writer, string Table, string Key, string Reason);
