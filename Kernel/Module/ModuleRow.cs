using System.Runtime.InteropServices;

namespace RouterOS.Module;

/// <summary>What the agent remembers of one row, in native memory; key and value lie behind it.</summary>
/// <remarks>So a million of them are no work for the garbage collector, whose pauses would stop the workers.</remarks>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ModuleRow
{
    /// <summary>Rows in the order of their first write: referrers come after what they refer to.</summary>
    public ModuleRow* Older;

    public ModuleRow* Newer;

    /// <summary>The next row with the same hash.</summary>
    public ModuleRow* NextOfHash;

    public ulong Hash;

    /// <summary>Number of the write that the row is of, so that a late answer to an earlier one is told apart.</summary>
    public ulong Write;

    /// <summary>The attachment in which it was written last.</summary>
    public uint Attachment;

    public int KeyBytes;

    public int ValueBytes;

    /// <summary>Numbers of the names of table and writer.</summary>
    public ushort Table;

    public ushort Writer;

    /// <summary>The worker refused the value, so writing it again is a new try.</summary>
    public byte Refused;
}
