using System.Globalization;
using System.Text;
using RouterOS.Erx.Profiles;

namespace RouterOS.Erx.Layouts;

/// <summary><c>show version</c> and <c>show hardware</c>.</summary>
internal static class ChassisLayout
{
    /// <summary><c>show version</c>: the software, then a line for each slot.</summary>
    public static string Version(ErxModel model, TimeSpan up)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{model.Model} emulated by RouterOS\n");
        text.Append(CultureInfo.InvariantCulture, $"System running for: {up.Days} days, {up.Hours} hours, {up.Minutes} minutes, {up.Seconds} seconds\n\n");
        text.Append("slot      state           type           admin    spare\n");
        text.Append("----  --------------  -------------  ----------  -----\n");
        bool active = false;
        for (int slot = 0; slot < model.Slots; slot++)
        {
            ErxModule? module = model.Modules.FirstOrDefault(m => m.Slot == slot);
            bool processor = module?.Kind == ErxModuleKind.SwitchRouteProcessor;
            string state = module is null ? "---" : processor && active ? "standby" : processor ? "online" : "online";
            active |= processor;
            text.Append(CultureInfo.InvariantCulture, $"{slot,-4}  {state,-14}  {module?.Type ?? "---",-13}  {(module is null ? "---" : "enabled"),-10}  ---\n");
        }

        return text.ToString();
    }

    /// <summary><c>show hardware</c>: modules, then their adapters.</summary>
    public static string Hardware(ErxModel model)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"Chassis {model.Model}\n\n");
        text.Append("slot  type\n----  --------------------\n");
        foreach (ErxModule module in model.Modules)
        {
            text.Append(CultureInfo.InvariantCulture, $"{module.Slot,-4}  {module.Type}\n");
        }

        text.Append("\nslot  adapter  type                  ports\n----  -------  --------------------  -----\n");
        foreach (ErxModule module in model.Modules)
        {
            for (int i = 0; i < module.Adapters.Count; i++)
            {
                text.Append(CultureInfo.InvariantCulture, $"{module.Slot,-4}  {i,-7}  {module.Adapters[i].Type,-20}  {module.Adapters[i].Ports.Count}\n");
            }
        }

        return text.ToString();
    }
}
