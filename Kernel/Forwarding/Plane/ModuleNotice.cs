namespace RouterOS.Forwarding.Plane;

/// <summary>Something that happened in the module and that the control plane wants to know.</summary>
/// <param name="Table">Table that it is about.</param>
/// <param name="Key">Row that it is about.</param>
/// <param name="Name">What happened, for example <c>acquire</c>.</param>
/// <param name="Count">How many were merged into this one.</param>
public readonly record struct ModuleNotice(string Table, string Key, string Name, uint Count);
