@echo off
rem Stops what start-docker.bat started. The data stay for the next start.
setlocal
cd /d "%~dp0"

docker info >nul 2>&1
if errorlevel 1 (
    echo Docker is not running, and so neither is Fade.
    pause
    exit /b 0
)

docker compose down
if errorlevel 1 (
    echo Fade could not be stopped. See above.
    pause
    exit /b 1
)

echo.
echo Fade has stopped. Its data are kept; to remove them too:   docker compose down --volumes
pause
